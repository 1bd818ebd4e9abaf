// How a property of a verb's arguments is declared as an option. The parser, the help pages, the completion scripts and the
// suggestions all read these declarations.

namespace ForecEngine.Cli.CommandLine;

/// <summary>
/// Declares an option. A property of type bool is a switch, one of string takes a value, one of IReadOnlyList&lt;string&gt; may
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

    /// <summary>What it does, in a sentence or two.</summary>
    public string HelpText { get; init; } = "";

    /// <summary>What stands for its value in help, unless that is one of <see cref="Values"/>.</summary>
    public string? MetaValue { get; init; }

    /// <summary>The values that it takes, where they are few.</summary>
    public string[]? Values { get; init; }

    /// <summary>An enumeration whose members are the values.</summary>
    public Type? ValuesOf { get; init; }

    /// <summary>What its value names, for completion.</summary>
    public ValueKind Kind { get; init; }

    /// <summary>What stands without it, in words, unless the property's own value or <see cref="Setting"/> says so.</summary>
    public string? Default { get; init; }

    /// <summary>The path of what presets set among the settings of training: <c>Gradient.Epochs</c>.</summary>
    public string? Setting { get; init; }

    /// <summary>
    /// Whether a checkpoint's own value stands without it, where a verb works on one. This always holds for a <see cref="Setting"/>.
    /// </summary>
    public bool OfCheckpoint { get; init; }

    /// <summary>What a method must have for the option to have an effect.</summary>
    public MethodPart Needs { get; init; }
}
