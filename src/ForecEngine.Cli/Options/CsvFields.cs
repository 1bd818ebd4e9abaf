// Lists of ids on the command line, separated by commas and quoted as in CSV.

using nietras.SeparatedValues;

namespace ForecEngine.Cli.Options;

internal static class CsvFields
{
    /// <summary>The ids of a list.</summary>
    public static IReadOnlyList<string> Read(string option, string text)
    {
        if (text.AsSpan().IndexOfAny('\t', '\r', '\n') >= 0)
            throw new CommandLineException($"{option}: an id must not contain a tab or a line end");
        if (text.Count(c => c == '"') % 2 > 0)
            throw new CommandLineException($"{option}: a quote in '{text}' is not closed");
        using SepReader reader = Sep.New(',').Reader(options => options with { HasHeader = false, Unescape = true }).FromText(text);
        List<string> ids = [];
        foreach (SepReader.Row row in reader)
        {
            for (int field = 0; field < row.ColCount; field++)
                ids.Add(row[field].ToString().Trim());
        }

        return ids.Count == 0 || ids.Contains("") ? throw new CommandLineException($"{option}: an id of '{text}' is empty") : ids;
    }
}
