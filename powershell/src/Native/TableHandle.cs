using System;
using System.Text;

namespace ArcToken.Native;

/// <summary>Rows of texts.</summary>
internal sealed unsafe class TableHandle : NativeHandle
{
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

    internal string Text(int row, TableColumn column)
    {
        byte* text = NativeMethods.arc_token_table_text(this, (UIntPtr)(uint)row, column, out UIntPtr length);
        return text == null ? string.Empty : Encoding.UTF8.GetString(text, checked((int)length));
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_table_free(handle);
        return true;
    }
}
