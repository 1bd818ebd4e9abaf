// The error for a wrong command line.

namespace ForecEngine.Cli.CommandLine;

/// <summary>The command line is wrong. The message is one line that names the option.</summary>
internal sealed class CommandLineException(string message) : ForecException(message);
