// forec report: writes a sweep's results as tables and figures.

using ForecEngine.Cli.Reports;

namespace ForecEngine.Cli.Verbs;

internal static class Report
{
    public static void Run(ReportArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        ReportOptions options = new() { FixedSource = arguments.FixedSource ?? ReportOptions.PaperSource };
        SweepReport report = SweepReport.Of(arguments.Sweep, options);
        if (arguments.FixedSource is { } source && !report.Results.Markets.ContainsKey(source))
        {
            throw new CommandLineException(
                $"--fixed-source: '{source}' is no market of the sweep; it has {string.Join(", ", report.Results.Markets.Keys)}");
        }

        Write(report, arguments.Out ?? FolderOf(arguments.Sweep), terminal);
        json.Write(() => ReportJson.Of(report));
    }

    /// <summary>The folder of the report of a sweep.</summary>
    public static string FolderOf(string sweep) => Path.Combine(sweep, "report");

    /// <summary>Writes a report, and prints its main table and the files.</summary>
    public static void Write(SweepReport report, string folder, Terminal terminal)
    {
        IReadOnlyList<string> written = report.Write(folder);
        Print(report, terminal.Output);
        foreach (string path in written)
            terminal.Output.WriteLine(path);
    }

    // nDCG@10 of table 3 of each group, among its first kind of candidates.
    private static void Print(SweepReport report, TextWriter output)
    {
        foreach ((Conditions conditions, MethodTable table) in report.Tables.DistinctBy(table => table.Conditions))
        {
            ReportTable shown = ResultTables.Of(table).First();
            output.WriteLine($"{conditions}: {shown.Caption}");
            ResultTable.Write(
                output, shown.Columns, shown.Rows.Select(row => (string[])[.. row.Select(cell => cell.Text)]), shown.Left);
        }
    }
}
