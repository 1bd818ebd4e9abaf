// What an option's value names, so that a shell can complete it.

namespace ForecEngine.Cli.CommandLine;

internal enum ValueKind
{
    Text,
    File,
    Directory,
    Method,
    Preset,
    Protocol,
}
