// The report of a sweep: reads its folder, makes the document, and writes it in its formats.

namespace ForecEngine.Cli.Reports;

/// <summary>What a report shows.</summary>
internal sealed record ReportOptions
{
    /// <summary>The source of Fix-Src in the paper.</summary>
    public const string PaperSource = "us";

    /// <summary>The source of Fix-Src.</summary>
    public string FixedSource { get; init; } = PaperSource;

    /// <summary>Whether a sweep without a result has a report too.</summary>
    public bool CanBeEmpty { get; init; }
}

/// <summary>A report of a sweep.</summary>
/// <param name="Results">The results.</param>
/// <param name="Tables">Table 3 of each group and kind of candidates.</param>
/// <param name="Gains">Table 4 likewise.</param>
/// <param name="Document">The document.</param>
internal sealed record SweepReport(
    SweepResults Results, IReadOnlyList<(Conditions Conditions, MethodTable Table)> Tables,
    IReadOnlyList<(Conditions Conditions, string Candidates, GainTable Table)> Gains, ReportDocument Document)
{
    /// <summary>The report of a sweep.</summary>
    /// <param name="sweep">The folder of the sweep.</param>
    /// <param name="options">What to show.</param>
    /// <exception cref="DataFormatException">
    /// There is no manifest, no cell has finished and that is not expected, or a file is damaged.
    /// </exception>
    public static SweepReport Of(string sweep, ReportOptions options) => Of(sweep, options, new FinishedCells(sweep));

    /// <summary>The report of a sweep whose cells may have been read before.</summary>
    /// <param name="sweep">The folder of the sweep.</param>
    /// <param name="options">What to show.</param>
    /// <param name="cells">Its cells.</param>
    /// <exception cref="DataFormatException">As above.</exception>
    public static SweepReport Of(string sweep, ReportOptions options, FinishedCells cells)
    {
        SweepResults results = SweepResults.Read(cells);
        if (results.Missing.Count == results.Cells && !options.CanBeEmpty)
            throw new DataFormatException($"{sweep}: no cell has finished; 'forec sweep run' runs the cells");
        List<(Conditions, MethodTable)> tables = [];
        List<(Conditions, string, GainTable)> gains = [];
        List<ReportBlock> blocks = [.. Head(results), .. MarketTables.Of(results)];
        foreach ((int place, ResultGroup group) in results.Groups.Index())
        {
            blocks.Add(new ReportHeading(2, $"Results of {group.Conditions}"));
            blocks.AddRange(About(group));
            if (group.Candidates.Count == 0)
                blocks.Add(new ReportText("No system has finished with all its cells and evaluated users."));
            foreach (string candidates in group.Candidates)
            {
                MethodTable table = MethodTable.Of(group, candidates, options.FixedSource);
                tables.Add((group.Conditions, table));
                blocks.Add(new ReportHeading(3, $"Ranked {ResultTables.Among(candidates)}"));
                blocks.AddRange(Blocks(table, results, options));
                foreach (GainTable gain in GainTable.Of(group, candidates))
                {
                    gains.Add((group.Conditions, candidates, gain));
                    blocks.Add(ResultTables.Of(gain, candidates));
                }

                blocks.AddRange(ResultFigures.Of(group, table, options.FixedSource, Suffix(place, candidates)));
            }
        }

        blocks.AddRange(PublishedSection.Of(results, tables, gains));
        return new SweepReport(results, tables, gains, new ReportDocument($"Report of the sweep {results.Grid}", blocks));
    }

    /// <summary>The page in a report's folder.</summary>
    public static string PageIn(string folder) => Path.Combine(folder, "report.html");

    /// <summary>Writes the report as report.md and report.html, and its figures.</summary>
    /// <param name="folder">The folder, which is created.</param>
    /// <returns>The paths of the written files.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> Write(string folder)
    {
        Make(folder);
        List<string> written = [];
        foreach (ReportFigure figure in Document.Blocks.OfType<ReportFigure>())
        {
            WriteFile($"{figure.Name}.svg", Encoding.UTF8.GetBytes(figure.Images.LightSvg));
            WriteFile($"{figure.Name}.png", figure.Images.Png);
        }

        WriteFile("report.md", Encoding.UTF8.GetBytes(MarkdownPage.Of(Document)));
        WriteFile("report.html", Encoding.UTF8.GetBytes(HtmlPage.Of(Document)));
        return written;

        void WriteFile(string name, byte[] content)
        {
            string path = Path.Combine(folder, name);
            AtomicFile.Write(path, stream => stream.Write(content));
            written.Add(path);
        }
    }

    /// <summary>Creates a report's folder.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder}: cannot be written: {exception.Message}", exception);
        }
    }

    private static string Suffix(int group, string candidates) =>
        (candidates == NamedRanking.Sampled ? "" : $"-{candidates}") + (group == 0 ? "" : $"-{group + 1}");

    private static IEnumerable<ReportBlock> Head(SweepResults results)
    {
        int finished = results.Cells - results.Missing.Count;
        string markets = string.Join(", ", PaperOrder.Of(results.Markets.Keys));
        yield return new ReportText(
            $"{finished} of {Counted.Of(results.Cells, "cell")} have finished. Markets: {markets}. Planned by forec {results.Engine}. "
            + "Figures are means over users, then over seeds.");
        if (results.Missing.Count > 0)
        {
            yield return new ReportWarning(
                $"Cells without a result: {results.Missing.Count} of {results.Cells}. A figure stands here only when all cells that it is "
                + $"made of have finished; the others are shown as {ResultTables.Dash}.");
        }
    }

    private static IEnumerable<ReportBlock> About(ResultGroup group)
    {
        ulong[] seeds = [.. group.Systems.SelectMany(system => system.Seeds).Distinct().Order()];
        double fraction = group.Whole[0].Fraction;
        string part = fraction < 1
            ? string.Create(CultureInfo.InvariantCulture, $" Tables are of the fraction {fraction} of training rows.") : "";
        yield return new ReportText(
            $"Protocol: {ProtocolText.Of(group.Example)}. Seeds: {string.Join(", ", seeds)}.{part}");
        if (group.Example.CandidatePool == CandidatePool.AllMarkets)
        {
            yield return new ReportWarning(
                "Candidates are items of all markets of a cell. Nobody in the target has bought most of them, so popularity alone comes "
                + "close to the best models, as it does under the protocol of ACMR 2024 (Published figures). Cells with other "
                + "sources rank other candidates.");
        }
    }

    private static IEnumerable<ReportBlock> Blocks(MethodTable table, SweepResults results, ReportOptions options)
    {
        foreach (ReportTable page in ResultTables.Of(table))
            yield return page;
        yield return new ReportText(ResultTables.Legend(table));
        foreach (ReportWarning warning in ResultTables.BaselineWarnings(table))
            yield return warning;
        if (table.Blocks.All(block => block.Kind != BlockKind.FixedSource))
            yield return new ReportText(WithoutFixedSource(results, options));
        if (ResultTables.ChosenSources(table) is { } chosen)
            yield return chosen;
        if (ResultTables.Deviations(table) is { } deviations)
            yield return deviations;
    }

    private static string WithoutFixedSource(SweepResults results, ReportOptions options) =>
        options.FixedSource != ReportOptions.PaperSource || results.Markets.ContainsKey(ReportOptions.PaperSource)
            ? $"Fix-Src is not shown: no cell here has {options.FixedSource} as its only source."
            : "Fix-Src is not shown: its source in the paper is us, and this sweep has no us market. To add it to XMarket's files in a "
                + "folder DATA, download ratings_us_Electronics.txt.gz from https://xmrec.github.io into a folder RAW, write us_5core.txt "
                + "with 'forec prepare --data RAW --markets us --out DATA', and run the sweep with us as a source too. "
                + "The option --fixed-source M shows another market instead.";
}
