// forec report --watch: the page of a running sweep. It is written anew when cells have finished, and a browser loads it again by itself.
// When all have finished, or after Ctrl-C, the report takes the page's place, without a clock.

using ForecEngine.Cli.Sweeps;

namespace ForecEngine.Cli.Reports;

internal sealed class SweepWatch(string sweep, string page, Func<SweepReport> read, Terminal terminal)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Writes the page until all cells have finished.</summary>
    /// <param name="stop">Ends earlier.</param>
    /// <returns>The report when it ended.</returns>
    /// <exception cref="DataFormatException">There is no manifest, or a file is damaged.</exception>
    public SweepReport Run(CancellationToken stop)
    {
        SweepFolder folder = new(sweep);
        (DateTime Planned, int Done) shown = default;
        while (true)
        {
            // Results are read only after one has been added: those of a large sweep take seconds.
            DateTime planned = File.GetLastWriteTimeUtc(folder.Manifest);
            Manifest manifest = Manifest.Read(folder.Manifest);
            (DateTime, int Done) now = (planned, manifest.Cells.Count(folder.HasResult));
            if (now != shown || stop.IsCancellationRequested)
            {
                SweepReport report = read();
                if (report.Results.Missing.Count == 0 || stop.IsCancellationRequested)
                    return report;
                Write(report);
                shown = now;
            }

            stop.WaitHandle.WaitOne(s_pause);
        }
    }

    private void Write(SweepReport report)
    {
        int cells = report.Results.Cells, done = cells - report.Results.Missing.Count;
        string text = HtmlPage.Of(report.Document, new HtmlProgress(done, cells, DateTimeOffset.UtcNow));
        AtomicFile.Write(page, text);
        terminal.Say($"{page}: {done} of {Counted.Of(cells, "cell")}");
    }
}
