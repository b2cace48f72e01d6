using System;

namespace ArcToken.Native;

/// <summary>Why a call failed.</summary>
internal sealed unsafe class ErrorHandle : AnswerHandle
{
    internal ArcTokenException ToException()
    {
        int httpStatus = NativeMethods.arc_token_error_http_status(this);
        return new ArcTokenException(
            NativeMethods.arc_token_error_status(this),
            Text(TokenField.Problem) ?? string.Empty,
            Text(TokenField.Advice) ?? string.Empty)
        {
            Reason = Text(TokenField.Reason),
            HttpStatus = httpStatus == 0 ? null : httpStatus,
            AgentCode = Text(TokenField.AgentCode),
            AgentDescription = Text(TokenField.AgentDescription),
        };
    }

    protected override byte* Read(TokenField field, out UIntPtr length) =>
        NativeMethods.arc_token_error_text(this, field, out length);

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_error_free(handle);
        return true;
    }
}
