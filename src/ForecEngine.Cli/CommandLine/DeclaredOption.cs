// An option as a verb declares it.

using System.Collections;
using System.Reflection;

namespace ForecEngine.Cli.CommandLine;

/// <summary>A property of a verb's arguments, with what its attribute declares (<see cref="OptionAttribute"/>).</summary>
internal sealed class DeclaredOption(PropertyInfo property, OptionAttribute attribute)
{
    public string Name => attribute.Name;

    public OptionGroup Group => attribute.Group;

    public bool Required => attribute.Required;

    public ValueKind Kind => attribute.Kind;

    public string? Setting => attribute.Setting;

    public MethodPart Needs => attribute.Needs;

    public string HelpText => attribute.HelpText;

    /// <summary>The placeholder for its value in help; empty for a switch.</summary>
    public string MetaValue => attribute.MetaValue ?? string.Join('|', Values);

    /// <summary>The values that it accepts, if they are a few known words; otherwise empty.</summary>
    public IReadOnlyList<string> Values => attribute switch
    {
        { Values: { } words } => words,
        { ValuesOf: { } enumeration } => OptionValue.Names(enumeration),
        { Kind: ValueKind.Method } => PlanCatalog.Methods,
        { Kind: ValueKind.Preset } => Preset.Names,
        { Kind: ValueKind.Protocol } => Protocol.Names,
        _ => [],
    };

    /// <summary>Whether it has no value.</summary>
    public bool IsSwitch => property.PropertyType == typeof(bool);

    /// <summary>Whether it may be given several times.</summary>
    public bool IsList => property.PropertyType == typeof(IReadOnlyList<string>);

    /// <summary>The options that a class of arguments or its interfaces declare.</summary>
    public static IReadOnlyList<DeclaredOption> Of(Type arguments)
    {
        List<DeclaredOption> options = [];
        foreach (PropertyInfo property in arguments.GetProperties())
        {
            IEnumerable<PropertyInfo?> places = [property, .. arguments.GetInterfaces().Select(face => face.GetProperty(property.Name))];
            IEnumerable<OptionAttribute?> attributes = places.Select(place => place?.GetCustomAttribute<OptionAttribute>());
            if (attributes.OfType<OptionAttribute>().FirstOrDefault() is { } attribute)
                options.Add(new DeclaredOption(property, attribute));
        }

        return options;
    }

    /// <summary>Sets the property in the arguments: to all values for a list, to true for a switch, otherwise to the one value.</summary>
    public void Set(object arguments, IReadOnlyList<string> values) =>
        property.SetValue(arguments, IsSwitch ? true : IsList ? values : values[0]);

    /// <summary>The value of its <see cref="Setting"/> in settings, as on a command line; empty if it has none there.</summary>
    public string TextIn(TrainingSettings settings) => Setting is null ? "" : Text(ValueOf(settings, Setting));

    /// <summary>The default as shown in help; null if there is none.</summary>
    /// <param name="arguments">Arguments with the verb's defaults.</param>
    /// <param name="ofCheckpoint">Whether the verb works on a checkpoint, whose settings are then the defaults.</param>
    public string? Default(object arguments, bool ofCheckpoint)
    {
        if (Held(arguments) is [_, ..] held && held[0].Length > 0)
            return string.Join(',', held);
        if (ofCheckpoint && (attribute.OfCheckpoint || attribute.Setting is not null))
            return "the checkpoint's own";
        if (attribute.Default is not null || attribute.Setting is not { } setting)
            return attribute.Default;
        IGrouping<string, string>[] values = [.. Preset.Names.GroupBy(preset => Text(ValueOf(Preset.Find(preset), setting)))];
        return values.Length == 1
            ? values[0].Key
            : string.Join(", ", values.Select(value => $"{value.Key} with {string.Join(" and ", value)}"));
    }

    private static object? ValueOf(object options, string path) => path
        .Split('.')
        .Aggregate((object?)options, (value, member) => value?.GetType().GetProperty(member)?.GetValue(value));

    private string Text(object? value) => value switch
    {
        bool truth => Values[truth ? 0 : 1],
        Enum member => OptionValue.Names(member.GetType())[Array.IndexOf(Enum.GetValues(member.GetType()), member)],
        double number => number.ToString(number is > 0 and < 1e-4 ? "0.###e-0" : "R", CultureInfo.InvariantCulture),
        IEnumerable list => string.Join(',', list.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private IReadOnlyList<string> Held(object arguments) => property.GetValue(arguments) switch
    {
        IReadOnlyList<string> list => list,
        string value => [value],
        _ => [],
    };
}
