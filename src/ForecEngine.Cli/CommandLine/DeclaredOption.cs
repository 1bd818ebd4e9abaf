// An option as a verb declares it.

using System.Reflection;

namespace ForecEngine.Cli.CommandLine;

/// <summary>An option of a verb.</summary>
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

    /// <summary>What stands for its value in help.</summary>
    public string MetaValue => _attribute.MetaValue;

    /// <summary>What it does.</summary>
    public string HelpText => _attribute.HelpText;

    /// <summary>Whether it takes no value.</summary>
    public bool IsSwitch => _property.PropertyType == typeof(bool);

    /// <summary>Whether it may be given several times.</summary>
    public bool IsList => _property.PropertyType == typeof(IReadOnlyList<string>);

    /// <summary>The options that a class of arguments declares, also by the interfaces that it implements.</summary>
    public static IReadOnlyList<DeclaredOption> Of(Type arguments)
    {
        List<DeclaredOption> options = [];
        foreach (PropertyInfo property in arguments.GetProperties())
        {
            IEnumerable<PropertyInfo?> declarations = [property, .. arguments.GetInterfaces().Select(face => face.GetProperty(property.Name))];
            if (declarations.Select(declaration => declaration?.GetCustomAttribute<OptionAttribute>()).FirstOrDefault(found => found is not null) is { } attribute)
                options.Add(new DeclaredOption(property, attribute));
        }

        return options;
    }

    /// <summary>Puts a value into the arguments, after the values before it where the option is a list; a switch needs none.</summary>
    public void Set(object arguments, string value)
    {
        if (IsSwitch)
            _property.SetValue(arguments, true);
        else if (IsList)
            _property.SetValue(arguments, (string[])[.. Values(arguments), value]);
        else
            _property.SetValue(arguments, value);
    }

    /// <summary>The values that the arguments hold.</summary>
    public IReadOnlyList<string> Values(object arguments) => _property.GetValue(arguments) switch
    {
        IReadOnlyList<string> list => list,
        string value => [value],
        _ => [],
    };
}
