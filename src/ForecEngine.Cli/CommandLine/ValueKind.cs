// The kind of an option's value, which completion uses.

namespace ForecEngine.Cli.CommandLine;

internal enum ValueKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>The path of a file.</summary>
    File,

    /// <summary>The path of a directory.</summary>
    Directory,

    /// <summary>The name of a method.</summary>
    Method,

    /// <summary>The name of a preset.</summary>
    Preset,
}
