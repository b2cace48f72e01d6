using System;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>The steps of an exchange, for the verbose and debug streams. The library keeps secrets out of them.</summary>
internal static class ExchangeLog
{
    internal static void WriteLog(this PSCmdlet command, AnswerHandle answer)
    {
        if (command.IsOn("Verbose"))
        {
            ForEachLine(answer.Text(TokenField.Log), command.WriteVerbose);
        }

        if (command.IsOn("Debug"))
        {
            ForEachLine(answer.Text(TokenField.LogDetail), command.WriteDebug);
        }
    }

    // The switch on the command line, or else the caller's preference variable.
    private static bool IsOn(this PSCmdlet command, string stream)
    {
        if (command.MyInvocation.BoundParameters.TryGetValue(stream, out object bound))
        {
            return ((SwitchParameter)bound).IsPresent;
        }

        object preference = command.GetVariableValue(stream + "Preference");
        return LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
            && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    private static void ForEachLine(string? log, Action<string> write)
    {
        foreach (string line in (log ?? string.Empty).Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries))
        {
            write(line);
        }
    }
}
