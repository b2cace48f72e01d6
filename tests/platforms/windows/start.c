/* Starts a program with a console that has no window, and with this program's own input and output. Wine gives a program that is started
   without a terminal no console at all, and PowerShell without one does nothing and says nothing. */
#include <windows.h>
#include <wchar.h>

/* What follows the first argument of this program's own command line, as it is written there. */
static WCHAR *rest(void)
{
    WCHAR *line = GetCommandLineW();
    WCHAR end = *line == L'"' ? L'"' : L' ';
    line = wcschr(line + 1, end);
    if (line && *line == L'"') line++;
    while (line && *line == L' ') line++;
    return line && *line ? line : NULL;
}

int wmain(void)
{
    STARTUPINFOW start = { sizeof start };
    PROCESS_INFORMATION started;
    DWORD code = 127;
    WCHAR *line = rest();
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!line || !CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &start, &started)) return 127;
    WaitForSingleObject(started.hProcess, INFINITE);
    GetExitCodeProcess(started.hProcess, &code);
    return (int)code;
}
