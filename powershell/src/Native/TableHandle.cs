using System;
using System.Text;

namespace ArcToken.Native;

/// <summary>Rows of texts.</summary>
internal sealed unsafe class TableHandle : AnswerHandle
{
    internal int Rows => checked((int)NativeMethods.arc_token_table_rows(this));

    /// <summary>Where the agent is, in one row. Nothing is sent.</summary>
    /// <exception cref="ArcTokenException">There is no agent.</exception>
    internal static TableHandle FindAgent()
    {
        ArcTokenStatus status = NativeMethods.arc_token_find_agent(out TableHandle table, out ErrorHandle error);
        using (error)
        {
            return status == ArcTokenStatus.Ok ? table : throw error.ToException();
        }
    }

    /// <summary>A text of a row, or null when it has none of that kind.</summary>
    internal string? Text(int row, TableColumn column)
    {
        byte* text = Read(row, column, out UIntPtr length);
        return text == null ? null : Encoding.UTF8.GetString(text, checked((int)length));
    }

    // The first row has what is about the whole.
    protected override byte* Read(TokenField field, out UIntPtr length)
    {
        length = UIntPtr.Zero;
        return field switch
        {
            TokenField.Log => Read(0, TableColumn.Log, out length),
            TokenField.LogDetail => Read(0, TableColumn.LogDetail, out length),
            _ => null,
        };
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_table_free(handle);
        return true;
    }

    private byte* Read(int row, TableColumn column, out UIntPtr length) =>
        NativeMethods.arc_token_table_text(this, (UIntPtr)(uint)row, column, out length);
}
