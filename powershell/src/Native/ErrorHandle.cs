using System;

namespace ArcToken.Native;

/// <summary>The error of a call that failed.</summary>
internal sealed unsafe class ErrorHandle : AnswerHandle
{
    internal ErrorHandle(IntPtr owned)
        : base(owned)
    {
    }

    internal ArcTokenException ToException()
    {
        int httpStatus = NativeMethods.arc_token_error_http_status(Pointer);
        return new ArcTokenException(
            (ArcTokenStatus)NativeMethods.arc_token_error_status(Pointer),
            Text(AnswerField.Problem) ?? string.Empty,
            Text(AnswerField.Advice) ?? string.Empty)
        {
            Reason = Text(AnswerField.Reason),
            HttpStatus = httpStatus == 0 ? null : httpStatus,
            AgentCode = Text(AnswerField.AgentCode),
            AgentDescription = Text(AnswerField.AgentDescription),
            TraceId = Text(AnswerField.TraceId),
            CorrelationId = Text(AnswerField.CorrelationId),
            Timestamp = Text(AnswerField.Timestamp),
        };
    }

    protected override byte* Read(AnswerField field, UIntPtr* length) =>
        NativeMethods.arc_token_error_text(Pointer, field, length);

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_error_free(handle);
        return true;
    }
}
