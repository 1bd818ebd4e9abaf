// A number of things in words: "1 list", "2,000 lists".

namespace ForecEngine.Cli;

internal static class Counted
{
    /// <summary>The number and the noun, with an "s" unless the number is 1.</summary>
    public static string Of(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");
}
