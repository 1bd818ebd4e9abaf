// Declares a property of a verb's arguments as an option. The parser, the help pages, the completion scripts and the suggestions all
// use these declarations.

namespace ForecEngine.Cli.CommandLine;

/// <summary>
/// Declares an option. A bool property is a switch, a string property takes a value, and an IReadOnlyList&lt;string&gt; property may
/// be given several times. Numbers are strings here; OptionValue parses them.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute(string name, OptionGroup group) : Attribute
{
    /// <summary>The name, without hyphens.</summary>
    public string Name { get; } = name;

    /// <summary>The group that help lists it in.</summary>
    public OptionGroup Group { get; } = group;

    /// <summary>Whether the verb needs it.</summary>
    public bool Required { get; init; }

    /// <summary>The description in help, in a sentence or two.</summary>
    public string HelpText { get; init; } = "";

    /// <summary>The placeholder for its value in help; without it, help shows <see cref="Values"/>.</summary>
    public string? MetaValue { get; init; }

    /// <summary>The values that it accepts, if they are few.</summary>
    public string[]? Values { get; init; }

    /// <summary>An enumeration whose members are the values.</summary>
    public Type? ValuesOf { get; init; }

    /// <summary>The kind of its value, for completion.</summary>
    public ValueKind Kind { get; init; }

    /// <summary>The default as shown in help, if neither the property's value nor <see cref="Setting"/> gives it.</summary>
    public string? Default { get; init; }

    /// <summary>The path of the training setting that gives the default: <c>Gradient.Epochs</c>.</summary>
    public string? Setting { get; init; }

    /// <summary>
    /// Whether the default is the checkpoint's value, for a verb that works on one. This is always so for a <see cref="Setting"/>.
    /// </summary>
    public bool OfCheckpoint { get; init; }

    /// <summary>The part that a method must have for the option to have an effect.</summary>
    public MethodPart Needs { get; init; }
}
