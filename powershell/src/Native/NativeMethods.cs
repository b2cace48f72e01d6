using System;
using System.Runtime.InteropServices;

// On Windows, no import is searched for in the current directory or in PATH.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace ArcToken.Native;

/// <summary>
/// The functions of <c>arc_token.h</c> under their own names. Call <see cref="NativeLoader.EnsureLoaded"/> before any of
/// them: it loads the file that they come from. All parameters are numbers and pointers as C has them: for anything else .NET would
/// make and compile a method for each function, which is a good part of the time to the first token.
/// </summary>
internal static unsafe class NativeMethods
{
    /// <summary>The ABI version that this assembly is written for.</summary>
    internal const uint AbiVersion = 1;

    /// <summary>The library's name in the imports, without directory and extension.</summary>
    internal const string Library = "arc_token";

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_new(
        byte* resource, UIntPtr length, IntPtr* request, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_set_text(
        IntPtr request, RequestOption option, byte* value, UIntPtr length, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_set_number(
        IntPtr request, RequestOption option, ulong value, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_start(IntPtr request, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_start_check(IntPtr request, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_start_machine(IntPtr request, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_wait_table(
        IntPtr request, uint milliseconds, IntPtr* table, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_wait(
        IntPtr request, uint milliseconds, IntPtr* result, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_request_cancel(IntPtr request);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_request_free(IntPtr request);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_result_token(IntPtr result, UIntPtr* length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern long arc_token_result_expires_on(IntPtr result);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_result_text(IntPtr result, AnswerField field, UIntPtr* length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_result_free(IntPtr result);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_error_status(IntPtr error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_error_http_status(IntPtr error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_error_text(IntPtr error, AnswerField field, UIntPtr* length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_error_free(IntPtr error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_cache_clear();

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_find_agent(
        IntPtr request, IntPtr* table, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_request_check_endpoint(
        IntPtr request, byte* endpoint, UIntPtr length, IntPtr* table, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern int arc_token_audiences(IntPtr* table, IntPtr* error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern UIntPtr arc_token_table_rows(IntPtr table);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern byte* arc_token_table_text(
        IntPtr table, UIntPtr row, TableColumn column, UIntPtr* length);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    internal static extern void arc_token_table_free(IntPtr table);
}
