// forec report: writes a sweep's results as tables and figures.

using ForecEngine.Cli.Reports;

namespace ForecEngine.Cli.Verbs;

internal static class Report
{
    public static void Run(ReportArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        string folder = arguments.Out ?? FolderOf(arguments.Sweep);
        FinishedCells cells = new(arguments.Sweep);
        SweepReport report = arguments.Watch ? Watched(arguments, folder, cells, terminal) : Read(arguments, cells);
        Write(report, folder, terminal);
        json.Write(() => ReportJson.Of(report));
        if (arguments.Watch && report.Results.Missing.Count > 0)
            throw new OperationCanceledException(); // by a signal
    }

    private static SweepReport Read(ReportArguments arguments, FinishedCells cells)
    {
        ReportOptions options = new()
        {
            FixedSource = arguments.FixedSource ?? ReportOptions.PaperSource,
            CanBeEmpty = arguments.Watch,
        };
        SweepReport report = SweepReport.Of(arguments.Sweep, options, cells);
        return arguments.FixedSource is not { } source || report.Results.Markets.ContainsKey(source) ? report
            : throw new CommandLineException(
                $"--fixed-source: '{source}' is no market of the sweep; it has {string.Join(", ", report.Results.Markets.Keys)}");
    }

    private static SweepReport Watched(ReportArguments arguments, string folder, FinishedCells cells, Terminal terminal)
    {
        SweepReport.Make(folder);
        terminal.Interruption.HowToContinue = () => "the report is of the cells so far; the same command goes on watching";
        return terminal.Interruption.Saving(stop =>
            new SweepWatch(arguments.Sweep, SweepReport.PageIn(folder), () => Read(arguments, cells), terminal).Run(stop));
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
