using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>Finds cmdlets of other modules.</summary>
internal static class ForeignCmdlets
{
    /// <summary>
    /// Finds a cmdlet of PowerShell itself. It is looked up as a cmdlet, because a function or an alias can have its name, even the
    /// qualified one. Run it as <c>&amp; $found</c>, never by its name.
    /// </summary>
    /// <exception cref="CommandNotFoundException">There is no such cmdlet in this session.</exception>
    internal static CommandInfo Find(CommandInvocationIntrinsics commands, string module, string name) =>
        commands.GetCommand($"{module}\\{name}", CommandTypes.Cmdlet)
        ?? throw new CommandNotFoundException($"The cmdlet {module}\\{name} is not in this session.");
}
