// An option's value, checked: what is wrong with it is named with the option.

using System.Globalization;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Options;

/// <summary>Checks values of options; each throws <see cref="CommandLineException"/> for what it does not accept.</summary>
internal static partial class OptionValue
{
    private const int WidestLayer = 1 << 16;

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

    /// <summary>Widths of layers, separated by commas.</summary>
    public static int[] Widths(string option, string text)
    {
        int[] widths = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int width) ? width : 0)];
        return widths.All(width => width is > 0 and <= WidestLayer)
            ? widths
            : throw new CommandLineException($"{option}: '{text}' is not a list of numbers from 1 to {WidestLayer} separated by commas");
    }

    /// <summary>A whole number of a range, both ends in it, or none.</summary>
    public static int? Between(string option, int? value, int least, int most) => value is null || (value >= least && value <= most)
        ? value
        : throw new CommandLineException($"{option}: {value} is not between {least} and {most}");

    /// <summary>A whole number with no upper end, or none.</summary>
    public static int? AtLeast(string option, int? value, int least) => value is null || value >= least
        ? value
        : throw new CommandLineException($"{option}: {value} is less than {least}");

    /// <summary>A finite number above 0, also as a float, or none.</summary>
    public static double? Positive(string option, double? value) => value is null || (float.IsFinite((float)value) && (float)value > 0)
        ? value
        : throw new CommandLineException($"{option}: {Text(value)} is not a positive number that a float holds");

    /// <summary>A finite number from 0 on, also as a float, or none.</summary>
    public static double? NotNegative(string option, double? value) => value is null || (float.IsFinite((float)value) && value >= 0)
        ? value
        : throw new CommandLineException($"{option}: {Text(value)} is not a number from 0 on that a float holds");

    /// <summary>A share: a number from 0 to 1, which is among them only where the whole may be had; or none.</summary>
    public static double? Share(string option, double? value, bool whole) => value is null or (>= 0 and < 1) || (whole && value == 1)
        ? value
        : throw new CommandLineException($"{option}: {Text(value)} is not {(whole ? "between 0 and 1" : "0 or more and less than 1")}");

    /// <summary>A switch, or none.</summary>
    public static bool? OnOrOff(string option, string? text) => text switch
    {
        null => null,
        "on" => true,
        "off" => false,
        _ => throw new CommandLineException($"{option}: '{text}' is not one of on, off"),
    };

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Word();
}
