// An option as a verb declares it.

using System.Collections;
using System.Reflection;

namespace ForecEngine.Cli.CommandLine;

internal sealed class DeclaredOption
{
    private readonly PropertyInfo _property;
    private readonly OptionAttribute _attribute;

    private DeclaredOption(PropertyInfo property, OptionAttribute attribute) => (_property, _attribute) = (property, attribute);

    /// <summary>The name, without hyphens.</summary>
    public string Name => _attribute.Name;

    /// <summary>The group that help lists it in.</summary>
    public OptionGroup Group => _attribute.Group;

    /// <summary>Whether the verb needs it.</summary>
    public bool Required => _attribute.Required;

    /// <summary>The placeholder for its value in help; empty for a switch.</summary>
    public string MetaValue => _attribute.MetaValue ?? string.Join('|', Values);

    /// <summary>The values that it accepts, if they are a few known words; otherwise empty.</summary>
    public IReadOnlyList<string> Values => _attribute switch
    {
        { Values: { } words } => words,
        { ValuesOf: { } enumeration } => OptionValue.Names(enumeration),
        { Kind: ValueKind.Method } => PlanCatalog.Methods,
        { Kind: ValueKind.Preset } => Preset.Names,
        _ => [],
    };

    /// <summary>The kind of its value.</summary>
    public ValueKind Kind => _attribute.Kind;

    /// <summary>The path of the training setting that it sets, or null.</summary>
    public string? Setting => _attribute.Setting;

    /// <summary>The part that a method must have for the option to have an effect.</summary>
    public MethodPart Needs => _attribute.Needs;

    /// <summary>The description in help.</summary>
    public string HelpText => _attribute.HelpText;

    /// <summary>Whether it has no value.</summary>
    public bool IsSwitch => _property.PropertyType == typeof(bool);

    /// <summary>Whether it may be given several times.</summary>
    public bool IsList => _property.PropertyType == typeof(IReadOnlyList<string>);

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
        _property.SetValue(arguments, IsSwitch ? true : IsList ? values : values[0]);

    /// <summary>The default as shown in help; null if there is none.</summary>
    /// <param name="arguments">Arguments with the verb's defaults.</param>
    /// <param name="ofCheckpoint">Whether the verb works on a checkpoint, whose settings are then the defaults.</param>
    public string? Default(object arguments, bool ofCheckpoint)
    {
        if (Held(arguments) is [_, ..] held && held[0].Length > 0)
            return string.Join(',', held);
        if (ofCheckpoint && (_attribute.OfCheckpoint || _attribute.Setting is not null))
            return "the checkpoint's own";
        if (_attribute.Default is not null || _attribute.Setting is not { } setting)
            return _attribute.Default;
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

    private IReadOnlyList<string> Held(object arguments) => _property.GetValue(arguments) switch
    {
        IReadOnlyList<string> list => list,
        string value => [value],
        _ => [],
    };
}
