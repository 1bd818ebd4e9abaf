// A wrong command line.

namespace ForecEngine.Cli.CommandLine;

/// <summary>The command line asks for what there is not; the message is one line naming the option.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
