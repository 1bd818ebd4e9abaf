// The error for a wrong command line.

using System.Text.RegularExpressions;

namespace ForecEngine.Cli.CommandLine;

internal sealed partial class CommandLineException(string message) : ForecException(message)
{
    /// <summary>The option that has no effect, if that is the error; otherwise null. All these messages begin alike.</summary>
    public string? IdleOption => Idle().Match(Message) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("^--([a-z0-9-]+) has no effect ")]
    private static partial Regex Idle();
}
