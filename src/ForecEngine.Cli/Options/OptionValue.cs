// Checks the values of options; error messages name the option.

using System.Numerics;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Options;

/// <summary>Checks values of options; all methods throw <see cref="CommandLineException"/> for invalid values.</summary>
internal static partial class OptionValue
{
    private const NumberStyles NumberStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const int WidestLayer = 1 << 16;

    /// <summary>The largest minibatch; with larger ones, sizes would exceed an int and the memory of any machine.</summary>
    public const int LargestBatch = 1 << 20;

    /// <summary>The largest support set.</summary>
    public const int MostShots = 1_000_000;

    /// <summary>The largest number of epochs of a phase.</summary>
    public const int MostEpochs = 1_000_000;

    /// <summary>The value with a name.</summary>
    public static T Found<T>(string option, string name, IReadOnlyList<string> names, Func<string, T> find) => names.Contains(name)
        ? find(name)
        : throw new CommandLineException($"{option}: '{name}' is not one of {string.Join(", ", names)}{Nearest.Question(name, names)}");

    /// <summary>A value of an enumeration, by its name (<see cref="Names"/>); <paramref name="preset"/> if not given.</summary>
    public static TEnum OneOf<TEnum>(string option, string? text, TEnum preset)
        where TEnum : struct, Enum
    {
        if (text is null)
            return preset;
        string[] names = Names(typeof(TEnum));
        return Array.IndexOf(names, text.ToLowerInvariant()) is >= 0 and int place
            ? Enum.GetValues<TEnum>()[place]
            : throw new CommandLineException($"{option}: '{text}' is not one of {string.Join(", ", names)}");
    }

    /// <summary>A value of an enumeration, by its name; null if not given.</summary>
    public static TEnum? OneOf<TEnum>(string option, string? text)
        where TEnum : struct, Enum => text is null ? null : OneOf(option, text, default(TEnum));

    /// <summary>
    /// The names of the members of an enumeration: the name in records if it has its own, otherwise in lower case with words joined by
    /// hyphens.
    /// </summary>
    public static string[] Names(Type enumeration) =>
    [
        .. Enum.GetNames(enumeration).Select(name =>
            enumeration.GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? Word().Replace(name, "-$0").ToLowerInvariant()),
    ];

    /// <summary>Widths of layers, separated by commas.</summary>
    public static int[] Widths(string option, string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => (int)Whole(option, part, 1, WidestLayer))];

    /// <summary>The entries of lists, separated by commas and trimmed; empty ones are refused.</summary>
    public static IReadOnlyList<string> Parts(string option, IReadOnlyList<string> values)
    {
        string[] parts = [.. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))];
        return parts.Contains("") ? throw new CommandLineException($"{option}: an entry of '{string.Join(',', values)}' is empty") : parts;
    }

    /// <summary>Lists whose entries are separated by commas, read by a parser that throws a <see cref="FormatException"/>.</summary>
    public static T Parsed<T>(string option, IReadOnlyList<string> lists, Func<string, T> parse)
    {
        try
        {
            return parse(string.Join(',', lists));
        }
        catch (FormatException exception)
        {
            throw new CommandLineException($"{option}: {exception.Message}");
        }
    }

    /// <summary>A whole number within an inclusive range; null if not given.</summary>
    public static int? Between(string option, string? text, int least, int most) =>
        text is null ? null : (int)Whole(option, text, least, most);

    /// <summary>A whole number with a lower limit; null if not given.</summary>
    public static int? AtLeast(string option, string? text, int least) => Between(option, text, least, int.MaxValue);

    /// <summary>A seed; null if not given.</summary>
    public static ulong? Seed(string option, string? text) => text is null ? null : (ulong)Whole(option, text, 0, ulong.MaxValue);

    /// <summary>A number above 0 that a float can hold; null if not given.</summary>
    public static double? Positive(string option, string? text) =>
        Number(option, text, value => float.IsFinite((float)value) && (float)value > 0, "a number above 0 that fits in a float");

    /// <summary>A number of at least 0 that a float can hold; null if not given.</summary>
    public static double? NotNegative(string option, string? text) =>
        Number(option, text, value => float.IsFinite((float)value) && value >= 0, "a number of at least 0 that fits in a float");

    /// <summary>A number from 0 to 1, with 1 allowed only if requested; null if not given.</summary>
    public static double? Share(string option, string? text, bool whole) =>
        Number(option, text, value => value is >= 0 and < 1 || (whole && value == 1),
            whole ? "a number from 0 to 1" : "a number of at least 0 and less than 1");

    /// <summary>A number above 0 and at most 1; null if not given.</summary>
    public static double? Fraction(string option, string? text) =>
        Number(option, text, value => value is > 0 and <= 1, "a number above 0 and at most 1");

    /// <summary>One of two words; null if not given.</summary>
    public static bool? Either(string option, string? text, string yes, string no) => text?.ToLowerInvariant() switch
    {
        null => null,
        { } word when word == yes => true,
        { } word when word == no => false,
        _ => throw new CommandLineException($"{option}: '{text}' is not one of {yes}, {no}"),
    };

    private static BigInteger Whole(string option, string text, BigInteger least, BigInteger most)
    {
        if (!BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value))
            throw new CommandLineException($"{option}: expects a whole number, got '{text}'");
        if (value >= least && value <= most)
            return value;
        throw new CommandLineException(most == int.MaxValue && value < least
            ? $"{option}: {text} is less than {least}" : $"{option}: {text} is not between {least} and {most}");
    }

    // Commas are refused: 0,005 must be read neither as 5 nor as 0.005.
    private static double? Number(string option, string? text, Func<double, bool> accepts, string expected)
    {
        if (text is null)
            return null;
        if (TryParse(text, out double value))
            return accepts(value) ? value : throw new CommandLineException($"{option}: expects {expected}, got '{text}'");
        string point = text.Replace(',', '.');
        string right = text.Contains(',') && TryParse(point, out _) ? $"; write {point}" : "";
        throw new CommandLineException($"{option}: expects a number, got '{text}'{right}");
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyle, CultureInfo.InvariantCulture, out value);

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex Word();
}
