// Finds a market's files: NAME is looked up in a directory, NAME=FILE[+FILE...] names them. A path may contain the separators + and
// comma: a path that exists as it is written is taken whole, and a backslash escapes a separator.

namespace ForecEngine.Recommenders.Data;

/// <summary>A market's name and its files.</summary>
/// <param name="Market">The name.</param>
/// <param name="Files">The files.</param>
/// <param name="Columns">The names of the files' columns; null for the usual ones.</param>
public sealed record MarketFiles(string Market, IReadOnlyList<string> Files, ColumnNames? Columns = null)
{
    // The first of these that exists is the market's file.
    private static readonly string[] s_xmarket = ["_5core.txt", ".txt", ".txt.gz"];

    // Two files with these suffixes, or one beside an XMarket file, are ambiguous.
    private static readonly string[] s_others =
        [".inter", ".inter.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".data", ".dat", ".dat.gz", ".jsonl", ".jsonl.gz", ".parquet"];

    /// <summary>Finds a market's files.</summary>
    /// <param name="market"><c>NAME</c> or <c>NAME=FILE[+FILE...]</c>.</param>
    /// <param name="directory">
    /// The directory to search for the first of <c>NAME_5core.txt</c>, <c>NAME.txt</c>, <c>NAME.txt.gz</c> and
    /// <c>ratings_NAME_*.txt.gz</c>, or for NAME with .inter, .csv, .tsv, .dat, .jsonl (each also with .gz), .data or .parquet.
    /// </param>
    /// <exception cref="DataFormatException">The directory has no file for the market, or several possible ones.</exception>
    public static MarketFiles Find(string market, string directory)
    {
        if (market.Split('=', 2) is [var name, var files])
            return new MarketFiles(name, FilesOf(files));
        RequireDirectory(directory);
        string[] processed = [.. Existing(market, s_xmarket, directory).Take(1)];
        string[] raw = Raw(market, directory);
        string[] others = [.. Existing(market, s_others, directory)];
        string[][] found =
            [.. ((string[][])[processed.Length > 0 ? processed : raw, .. others.Select(path => (string[])[path])])
                .Where(paths => paths.Length > 0)];
        if (found.Length > 1)
            throw new DataFormatException(
                $"{directory}: market '{market}' could be {string.Join(" or ", found.Select(paths => Path.GetFileName(paths[0])))}; "
                + $"name its file: {market}=FILE");
        return found.Length > 0 ? new MarketFiles(market, found[0]) : throw Unknown(market, directory);
    }

    /// <summary>Finds a market's unfiltered files, <c>ratings_NAME_*.txt.gz</c>; without those, as <see cref="Find"/>.</summary>
    /// <inheritdoc cref="Find" path="/exception"/>
    public static MarketFiles FindRaw(string market, string directory) =>
        !market.Contains('=', StringComparison.Ordinal) && Directory.Exists(directory) && Raw(market, directory) is { Length: > 0 } raw
            ? new MarketFiles(market, raw)
            : Find(market, directory);

    /// <summary>Splits a list of markets at its commas, except those within an existing path and those escaped by a backslash.</summary>
    public static IReadOnlyList<string> Split(string list)
    {
        List<string> markets = [];
        int[] ends =
            [.. Enumerable.Range(0, list.Length + 1).Where(i => i == list.Length || (list[i] == ',' && (i == 0 || list[i - 1] != '\\')))];
        for (int start = 0, first = 0; start <= list.Length;)
        {
            int last = list[start..ends[first]].Contains('=', StringComparison.Ordinal)
                ? Array.FindLastIndex(ends, end => end > ends[first] && IsNamedFile(list[start..end])) : -1;
            if (last >= 0)
                markets.Add(list[start..ends[last]].Trim());
            else
                markets.Add(EscapedList.Split(list[start..ends[last = first]], ',')[0].Trim());
            start = ends[last] + 1;
            first = last + 1;
        }

        return markets;

        static bool IsNamedFile(string market) => market.Split('=', 2) is [_, var files] && FilesOf(files).All(File.Exists);
    }

    /// <summary>The sorted names of a directory's markets, except names with white space, commas or equals signs.</summary>
    /// <exception cref="DataFormatException">There is no such directory.</exception>
    public static IReadOnlyList<string> Names(string directory)
    {
        RequireDirectory(directory);
        return [..
            Directory.GetFiles(directory).Select(NameOf).OfType<string>()
                .Where(name => !name.Any(c => char.IsWhiteSpace(c) || c is ',' or '=')).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// All that a directory has that may be a market, by name: every file by itself, and the <c>ratings_NAME_*.txt.gz</c> of a name
    /// together.
    /// </summary>
    /// <inheritdoc cref="Names" path="/exception"/>
    public static IReadOnlyList<MarketFiles> All(string directory)
    {
        RequireDirectory(directory);
        return [.. Directory.GetFiles(directory).Where(path => NameOf(path) is not null).Order(StringComparer.Ordinal)
            .GroupBy(path => Raw(NameOf(path) ?? "", directory).Contains(path) ? NameOf(path) ?? "" : path)
            .Select(group => new MarketFiles(NameOf(group.First()) ?? "", [.. group]))];
    }

    /// <summary>The sorted names of the markets with a file <c>ratings_NAME_*.txt.gz</c> in a directory.</summary>
    /// <inheritdoc cref="Names" path="/exception"/>
    public static IReadOnlyList<string> RawNames(string directory) => [.. Names(directory).Where(name => Raw(name, directory).Length > 0)];

    // Splits at plus signs; the longest run of parts that is an existing path is one file.
    private static List<string> FilesOf(string text)
    {
        List<string> files = [];
        string[] parts = text.Split('+');
        for (int start = 0; start < parts.Length;)
        {
            int end = parts.Length;
            while (end > start && !File.Exists(string.Join('+', parts[start..end])))
                end--;
            if (end > start)
                files.Add(string.Join('+', parts[start..end]));
            else
            {
                // No run of parts from here is an existing path: only backslashes join parts to a path.
                end = start + 1;
                while (end < parts.Length && parts[end - 1].EndsWith('\\'))
                    end++;
                files.AddRange(EscapedList.Split(string.Join('+', parts[start..end]), '+'));
            }

            start = end;
        }

        return files;
    }

    private static IEnumerable<string> Existing(string market, string[] suffixes, string directory) =>
        suffixes.Select(suffix => Path.Combine(directory, market + suffix)).Where(File.Exists);

    private static string[] Raw(string market, string directory) =>
        [.. Directory.GetFiles(directory, "ratings_*.txt.gz").Where(path => NameOf(path) == market).Order(StringComparer.Ordinal)];

    private static DataFormatException Unknown(string market, string directory)
    {
        IReadOnlyList<string> known = Names(directory);
        string there = known.Count > 0 ? $"it has {string.Join(", ", known)}" : "it has none";
        return new DataFormatException(
            $"{directory}: no market '{market}' (looked for {market}_5core.txt, {market}.txt[.gz], "
            + $"ratings_{market}_*.txt.gz, {market}.csv, ...); {there}");
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
        foreach (string suffix in (string[])[.. s_xmarket, .. s_others])
        {
            if (file.EndsWith(suffix, StringComparison.Ordinal))
                return file[..^suffix.Length];
        }

        return null;
    }
}
