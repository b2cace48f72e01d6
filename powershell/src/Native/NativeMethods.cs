using System;
using System.Runtime.InteropServices;

// On Windows, no import is ever looked for in the current directory or in PATH.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace ArcToken.Native;

/// <summary>
/// The functions of <c>arc_token.h</c> under their own names. <see cref="NativeLoader.EnsureLoaded"/> must have been
/// called: it decides which file these names mean.
/// </summary>
internal static unsafe class NativeMethods
{
    /// <summary>The number of the ABI that this assembly was written for.</summary>
    internal const uint AbiVersion = 1;

    /// <summary>The name in the imports, without directory or extension.</summary>
    internal const string Library = "arc_token";

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_new(
        byte[]? resource, UIntPtr length, out RequestHandle request, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_set_text(
        RequestHandle request, TokenOption option, byte[] value, UIntPtr length, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_set_number(
        RequestHandle request, TokenOption option, ulong value, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_start(RequestHandle request, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_start_check(RequestHandle request, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_start_machine(RequestHandle request, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_wait_table(
        RequestHandle request, uint milliseconds, out TableHandle table, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_request_wait(
        RequestHandle request, uint milliseconds, out ResultHandle result, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_request_cancel(RequestHandle request);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_request_free(IntPtr request);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_result_token(ResultHandle result, out UIntPtr length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern long arc_token_result_expires_on(ResultHandle result);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_result_text(ResultHandle result, TokenField field, out UIntPtr length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_result_free(IntPtr result);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_error_status(ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_error_http_status(ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_error_text(ErrorHandle error, TokenField field, out UIntPtr length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_error_free(IntPtr error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_cache_clear();

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern ArcTokenStatus arc_token_find_agent(out TableHandle table, out ErrorHandle error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern UIntPtr arc_token_table_rows(TableHandle table);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_table_text(
        TableHandle table, UIntPtr row, TableColumn column, out UIntPtr length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_table_free(IntPtr table);
}
