// An option's value, checked: what is wrong with it is named with the option.

using System.Globalization;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Options;

/// <summary>Checks values of options; each throws <see cref="CommandLineException"/> for what it does not accept.</summary>
internal static partial class OptionValue
{
    /// <summary>What a name stands for.</summary>
    public static T Found<T>(string option, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArgumentException exception)
        {
            throw new CommandLineException($"{option}: {exception.Message}");
        }
    }

    /// <summary>A value of an enumeration, by its name in lower case, words joined by hyphens; <paramref name="preset"/> where there is none.</summary>
    public static TEnum OneOf<TEnum>(string option, string? text, TEnum preset)
        where TEnum : struct, Enum
    {
        if (text is null)
            return preset;
        string[] names = [.. Enum.GetNames<TEnum>().Select(name => Word().Replace(name, "-$0").ToLowerInvariant())];
        return Array.IndexOf(names, text.ToLowerInvariant()) is >= 0 and int place
            ? Enum.GetValues<TEnum>()[place]
            : throw new CommandLineException($"{option}: '{text}' is not one of {string.Join(", ", names)}");
    }

    /// <summary>Positive numbers separated by commas.</summary>
    public static int[] Widths(string option, string text)
    {
        int[] widths = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int width) ? width : 0)];
        return widths.All(width => width > 0)
            ? widths
            : throw new CommandLineException($"{option}: '{text}' is not a list of positive numbers separated by commas");
    }

    /// <summary>A number that is not less than another, or none.</summary>
    public static int? AtLeast(string option, int least, int? value) => value is null || value >= least
        ? value
        : throw new CommandLineException($"{option}: {value} is less than {least}");

    /// <summary>A positive number, or none.</summary>
    public static double? Positive(string option, double? value) => value is null or > 0 && double.IsFinite(value ?? 0)
        ? value
        : throw new CommandLineException($"{option}: {value} is not a positive number");

    /// <summary>A number that is not negative, or none.</summary>
    public static double? NotNegative(string option, double? value) => value is null or >= 0 && double.IsFinite(value ?? 0)
        ? value
        : throw new CommandLineException($"{option}: {value} is negative or not a number");

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Word();
}
