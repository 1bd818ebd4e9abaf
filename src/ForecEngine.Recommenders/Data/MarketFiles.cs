// Where a market's rows are: NAME, looked up in a directory, or NAME=FILE[+FILE...].

namespace ForecEngine.Recommenders.Data;

/// <summary>A market's name and its files.</summary>
/// <param name="Market">The name.</param>
/// <param name="Files">The files.</param>
public sealed record MarketFiles(string Market, IReadOnlyList<string> Files)
{
    /// <summary>Finds a market's files.</summary>
    /// <param name="market"><c>NAME</c> or <c>NAME=FILE[+FILE...]</c>.</param>
    /// <param name="directory">Where <c>NAME_5core.txt</c>, <c>NAME.txt</c>, <c>NAME.txt.gz</c> and <c>ratings_NAME_*.txt.gz</c> are looked up, in this order.</param>
    /// <exception cref="DataFormatException">The directory has no such market.</exception>
    public static MarketFiles Find(string market, string directory)
    {
        if (market.Split('=', 2) is [var name, var files])
            return new MarketFiles(name, files.Split('+'));
        RequireDirectory(directory);
        foreach (string candidate in (string[])[$"{market}_5core.txt", $"{market}.txt", $"{market}.txt.gz"])
        {
            string path = Path.Combine(directory, candidate);
            if (File.Exists(path))
                return new MarketFiles(market, [path]);
        }

        string[] raw = [.. Directory.GetFiles(directory, "ratings_*.txt.gz").Where(path => NameOf(path) == market).Order(StringComparer.Ordinal)];
        if (raw.Length > 0)
            return new MarketFiles(market, raw);
        IReadOnlyList<string> known = Names(directory);
        string there = known.Count > 0 ? $"there are {string.Join(", ", known)}" : "there is none at all";
        throw new DataFormatException($"{directory}: no market '{market}' ({market}_5core.txt, {market}.txt[.gz] or ratings_{market}_*.txt.gz); {there}");
    }

    /// <summary>The names of the markets that a directory has files of, in order.</summary>
    /// <exception cref="DataFormatException">There is no such directory.</exception>
    public static IReadOnlyList<string> Names(string directory)
    {
        RequireDirectory(directory);
        return [.. Directory.GetFiles(directory).Select(NameOf).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
    }

    private static void RequireDirectory(string directory)
    {
        if (!Directory.Exists(directory))
            throw new DataFormatException($"{directory}: no such directory");
    }

    private static string? NameOf(string path)
    {
        string file = Path.GetFileName(path);
        if (file.StartsWith("ratings_", StringComparison.Ordinal) && file.EndsWith(".txt.gz", StringComparison.Ordinal))
            return file.Split('_') is [_, var raw, _, ..] ? raw : null;
        foreach (string suffix in (string[])["_5core.txt", ".txt.gz", ".txt"])
        {
            if (file.EndsWith(suffix, StringComparison.Ordinal))
                return file[..^suffix.Length];
        }

        return null;
    }
}
