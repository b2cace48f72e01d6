using System;
using System.Text;

namespace ArcToken.Native;

/// <summary>
/// The outcome of a request: a <see cref="TokenHandle"/>, a <see cref="TableHandle"/> or an <see cref="ErrorHandle"/>.
/// </summary>
internal abstract unsafe class AnswerHandle : NativeHandle
{
    protected AnswerHandle(IntPtr owned)
        : base(owned)
    {
    }

    /// <summary>A text of the answer. Null if the answer has no text in this field.</summary>
    internal string? Text(AnswerField field)
    {
        UIntPtr length;
        return Copy(Read(field, &length), length);
    }

    protected abstract byte* Read(AnswerField field, UIntPtr* length);

    /// <summary>A copy of a text of this object. Null for none.</summary>
    private protected string? Copy(byte* text, UIntPtr length)
    {
        string? copy = text == null ? null : Encoding.UTF8.GetString(text, checked((int)length));
        GC.KeepAlive(this);
        return copy;
    }
}
