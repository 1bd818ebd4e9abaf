// Numbers that options take, each within its range.

using System.Globalization;

namespace ForecEngine.Cli.Options;

/// <summary>Holds numbers of the command line to their ranges. A number that is not given is null and passes.</summary>
internal static class NumberOption
{
    /// <summary>A whole number of a range, both ends in it.</summary>
    /// <exception cref="CommandLineException">It is outside.</exception>
    public static int? Between(string option, int? value, int least, int most) => value is null || (value >= least && value <= most)
        ? value
        : throw new CommandLineException($"{option}: {value} is not between {least} and {most}");

    /// <summary>A whole number with no upper end.</summary>
    /// <exception cref="CommandLineException">It is smaller.</exception>
    public static int? AtLeast(string option, int? value, int least) => value is null || value >= least
        ? value
        : throw new CommandLineException($"{option}: {value} is less than {least}");

    /// <summary>A finite number above 0, also as a float.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static double? Positive(string option, double? value) => value is null || (float.IsFinite((float)value) && (float)value > 0)
        ? value
        : throw new CommandLineException($"{option}: {Text(value)} is not a positive number that a float holds");

    /// <summary>A finite number from 0 on, also as a float.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static double? NotNegative(string option, double? value) => value is null || (float.IsFinite((float)value) && value >= 0)
        ? value
        : throw new CommandLineException($"{option}: {Text(value)} is not a number from 0 on that a float holds");

    /// <summary>A share: a number from 0 to 1, which is in it only where the whole may be had.</summary>
    /// <exception cref="CommandLineException">It is outside.</exception>
    public static double? Share(string option, double? value, bool whole) => value is null or (>= 0 and < 1) || (whole && value == 1)
        ? value
        : throw new CommandLineException($"{option}: {Text(value)} is not {(whole ? "between 0 and 1" : "0 or more and less than 1")}");

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
