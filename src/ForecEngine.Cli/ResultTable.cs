// Results as a table on standard output.

using Spectre.Console;

namespace ForecEngine.Cli;

internal static class ResultTable
{
    /// <summary>Writes a table with the first columns aligned left and the others right.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, int left = 1)
    {
        Table table = new() { Border = TableBorder.Markdown };
        for (int i = 0; i < columns.Count; i++)
        {
            TableColumn column = new(Markup.Escape(VisibleText.Of(columns[i]))) { NoWrap = true };
            table.AddColumn(i < left ? column.LeftAligned() : column.RightAligned());
        }

        foreach (IReadOnlyList<string> row in rows)
            table.AddRow([.. row.Select(cell => Markup.Escape(VisibleText.Of(cell)))]);
        using StringWriter text = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = 200;
        console.Write(table);
        foreach (string line in text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
            output.WriteLine(line);
    }

    /// <summary>Formats a metric with four decimals, like trec_eval.</summary>
    public static string Metric(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
