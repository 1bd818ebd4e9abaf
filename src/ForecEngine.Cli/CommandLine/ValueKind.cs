// What an option's value names.

namespace ForecEngine.Cli.CommandLine;

/// <summary>What an option's value names.</summary>
internal enum ValueKind
{
    /// <summary>Anything.</summary>
    Text,

    /// <summary>A file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A method.</summary>
    Method,

    /// <summary>A preset.</summary>
    Preset,
}
