using System;

namespace ArcToken.Native;

/// <summary>An answer that consists of rows of texts: the agent's checks, the machine, or the agent's address.</summary>
internal sealed unsafe class TableHandle : AnswerHandle
{
    internal TableHandle(IntPtr owned)
        : base(owned)
    {
    }

    internal int Rows => checked((int)NativeMethods.arc_token_table_rows(Pointer));

    /// <summary>A text of a row. Null if the row has no text in this column.</summary>
    internal string? Text(int row, TableColumn column)
    {
        UIntPtr length;
        return Copy(Read(row, column, &length), length);
    }

    // The log belongs to the whole table and stands in its first row.
    protected override byte* Read(AnswerField field, UIntPtr* length)
    {
        *length = UIntPtr.Zero;
        return field switch
        {
            AnswerField.Log => Read(0, TableColumn.Log, length),
            AnswerField.LogDetail => Read(0, TableColumn.LogDetail, length),
            AnswerField.Warnings => Read(0, TableColumn.Warnings, length),
            _ => null,
        };
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_table_free(handle);
        return true;
    }

    private byte* Read(int row, TableColumn column, UIntPtr* length) =>
        NativeMethods.arc_token_table_text(Pointer, (UIntPtr)(uint)row, column, length);
}
