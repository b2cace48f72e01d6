using System;
using System.Text;

namespace ArcToken.Native;

/// <summary>How a request ended: a <see cref="ResultHandle"/>, a <see cref="TableHandle"/> or an <see cref="ErrorHandle"/>.</summary>
internal abstract unsafe class AnswerHandle : NativeHandle
{
    /// <summary>A text of the answer, or null when it has none of that kind.</summary>
    internal string? Text(TokenField field)
    {
        byte* text = Read(field, out UIntPtr length);
        return text == null ? null : Encoding.UTF8.GetString(text, checked((int)length));
    }

    protected abstract byte* Read(TokenField field, out UIntPtr length);
}
