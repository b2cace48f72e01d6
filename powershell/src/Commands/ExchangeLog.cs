using System;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Writes the steps of an exchange to the verbose and debug streams, and its warnings to theirs. The library keeps secrets out of them.</summary>
internal static class ExchangeLog
{
    internal static void WriteLog(this PSCmdlet command, AnswerHandle answer)
    {
        ForEachLine(answer.Text(AnswerField.Warnings), command.WriteWarning);
        if (command.IsOn("Verbose"))
        {
            ForEachLine(answer.Text(AnswerField.Log), command.WriteVerbose);
        }

        if (command.IsOn("Debug"))
        {
            ForEachLine(answer.Text(AnswerField.LogDetail), command.WriteDebug);
        }
    }

    // The switch on the command line wins over the caller's preference variable.
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
