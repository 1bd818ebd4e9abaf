// Declares a class of arguments as those of a verb.

namespace ForecEngine.Cli.CommandLine;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class VerbAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The description in help, in a sentence.</summary>
    public string HelpText { get; init; } = "";

    /// <summary>The option whose value, or values, may come first without the option's name; null for none.</summary>
    public string? First { get; init; }

    /// <summary>An example, without the tool's name.</summary>
    public string Example { get; init; } = "";
}
