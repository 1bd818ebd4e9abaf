// How a property of a verb's arguments is declared as an option. The parser, the help pages, the completion scripts and the
// suggestions all read these declarations.

namespace ForecEngine.Cli.CommandLine;

/// <summary>
/// Declares an option. A property of type bool is a switch, one of string? takes a value, one of IReadOnlyList&lt;string&gt; may
/// be given several times. Numbers are taken as text: OptionValue reads them.
/// </summary>
/// <param name="name">The name, without hyphens.</param>
/// <param name="group">The group that help lists it in.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute(string name, OptionGroup group) : Attribute
{
    /// <summary>The name, without hyphens.</summary>
    public string Name { get; } = name;

    /// <summary>The group that help lists it in.</summary>
    public OptionGroup Group { get; } = group;

    /// <summary>Whether the verb needs it.</summary>
    public bool Required { get; init; }

    /// <summary>What stands for its value in help.</summary>
    public string MetaValue { get; init; } = "";

    /// <summary>What it does, in a sentence or two.</summary>
    public string HelpText { get; init; } = "";
}
