// The error for a wrong command line.

namespace ForecEngine.Cli.CommandLine;

internal sealed class CommandLineException(string message) : ForecException(message);
