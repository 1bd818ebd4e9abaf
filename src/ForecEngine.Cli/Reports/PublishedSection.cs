// The part of a report with published figures beside those of the sweep, each with its protocol, and warnings about some of them.

namespace ForecEngine.Cli.Reports;

internal static class PublishedSection
{
    /// <summary>The section.</summary>
    /// <param name="results">The results.</param>
    /// <param name="tables">Table 3 of each group and kind of candidates.</param>
    /// <param name="gains">Table 4 likewise.</param>
    public static IEnumerable<ReportBlock> Of(
        SweepResults results, IReadOnlyList<(Conditions Conditions, MethodTable Table)> tables,
        IReadOnlyList<(Conditions Conditions, string Candidates, GainTable Table)> gains)
    {
        Published published = Published.Figures;
        string[] same = [.. published.Markets.Where(market => published.IsOf(market, results.Markets))];
        yield return new ReportHeading(2, "Published figures");
        yield return new ReportText(same.Length == 0
            ? "Published figures are of XMarket's files. The markets of this sweep are others, whatever their names, so its figures "
                + "cannot be compared with these and do not stand beside them."
            : "Rows called 'here' are this sweep's, for the markets whose rows are those of the published files: "
                + $"{string.Join(", ", same)}. Figures of different protocols cannot be compared with each other.");
        foreach (Publication publication in published.Publications)
        {
            yield return new ReportText(
                $"{publication.Name}: {publication.Title}. Protocol {publication.Protocol}: {string.Join(' ', publication.Rules)}.");
        }

        foreach (ReportWarning warning in Warnings(published))
            yield return warning;
        (Conditions, MethodTable)[] own = same.Length == 0 ? [] : [.. tables];
        yield return Table(published, own, same, NamedRanking.Sampled, metric: 0);
        yield return Table(published, own, same, NamedRanking.Sampled, metric: 1);
        yield return Table(published, own, same, NamedRanking.AllItems, metric: 0);
        yield return new ReportText(Spoken(published));
        yield return Gains(published, same.Length == 0 ? [] : gains, same);
    }

    /// <summary>Figures that no reader should trust.</summary>
    public static IEnumerable<ReportWarning> Warnings(Published published)
    {
        foreach (ImpossibleFigure figure in Published.Impossible(published.Markets, published.Publications))
        {
            yield return new ReportWarning(
                $"{figure.Publication.Title}: {figure.Figure.Method} ({figure.Figure.Sources}) for {figure.Market} is printed with "
                + $"nDCG@10 {ResultTable.Metric(figure.Ndcg)} and HR@10 {ResultTable.Metric(figure.Hr)}. That is impossible: with one "
                + $"relevant item, nDCG@10 is at least HR@10 / log2(11), here {ResultTable.Metric(figure.Least)}, and at most HR@10.");
        }

        foreach (PopularProtocol protocol in published.Popularity())
        {
            string close = protocol.Close.Count == 0 ? ""
                : $", and has at least 95 % of the best model's nDCG@10 in {string.Join(", ", protocol.Close)}";
            yield return new ReportWarning(
                $"Under the protocol of {protocol.Publication.Name}, popularity alone is at least as good as every model published there "
                + $"in {string.Join(", ", protocol.Wins)}{close}. Where popularity wins, a figure says little about a model.");
        }
    }

    private static ReportTable Table(
        Published published, (Conditions Conditions, MethodTable Table)[] tables, string[] same, string candidates, int metric)
    {
        bool isOne = tables.Select(table => table.Conditions).Distinct().Count() == 1;
        var own = tables.Where(table => table.Table.Candidates == candidates).SelectMany(table => table.Table.Blocks.SelectMany(block =>
            block.Rows.Select(row => (block.Name, row.Method, From: isOne ? "here" : $"here, {table.Conditions}",
                Values: Own(published, table.Table, row, same, metric)))));
        var theirs = published.Publications.SelectMany(publication => publication.Figures
            .Where(figure => figure.Candidates == candidates && (metric == 0 || figure.Hr is not null))
            .Select(figure => (figure.Sources, figure.Method, From: publication.Name,
                Values: (metric == 0 ? figure.Ndcg : figure.Hr!).Select(ResultTable.Metric).ToArray())));
        var rows = own.Select(row => (Block: row.Name, row.Method, row.From, row.Values))
            .Concat(theirs.Select(row => (Block: row.Sources, row.Method, row.From, row.Values))).ToArray();
        string[] blocks = [.. rows.Select(row => row.Block).Distinct()];
        string what = metric == 0 ? "nDCG@10" : "HR@10", beside = tables.Length == 0 ? "" : ", and that of this sweep";
        return new ReportTable(
            $"Published {what} {ResultTables.Among(candidates)}{beside}.",
            ["sources", "method", "figures of", .. published.Markets],
            [
                .. rows.OrderBy(row => Array.IndexOf(s_order, row.Block) is >= 0 and int place ? place : s_order.Length)
                    .ThenBy(row => Array.IndexOf(blocks, row.Block)).ThenBy(row => PlaceOf(row.Method))
                    .Select(row => (IReadOnlyList<TableCell>)
                        [new(row.Block), new(row.Method), new(row.From), .. row.Values.Select(value => new TableCell(value))]),
            ], Left: 3);
    }

    private static readonly string[] s_order = ["Single", "Best-Src", "Only source", "Ave-Src", "Fix-Src us", "All others"];

    private static int PlaceOf(string method) => MethodTable.PlaceOf(method) is >= 0 and int place ? place : int.MaxValue;

    private static string[] Own(Published published, MethodTable table, MethodRow row, string[] same, int metric) =>
    [
        .. published.Markets.Select(market => table.Targets.ToList().IndexOf(market) is >= 0 and int target && same.Contains(market)
            && row.Values[target] is { } value ? ResultTable.Metric(value.Scores.Means[metric]) : ResultTables.Dash),
    ];

    // The gains that the paper's text speaks of, and those of its table.
    private static string Spoken(Published published)
    {
        double[] gains = [.. Ndcg("Best-Src", "forec").Zip(Ndcg("Single", "nmf"), (forec, nmf) => 100 * ((forec / nmf) - 1))];
        return string.Create(CultureInfo.InvariantCulture,
            $"The paper speaks of gains of 24 % on average and up to 50 %. In its table 3, forec with Best-Src gains "
            + $"{gains.Average():F1} % over nmf on average, and up to {gains.Max():F1} %.");

        IReadOnlyList<double> Ndcg(string sources, string method) => published.Publications[0].Figures
            .Single(figure => (figure.Sources, figure.Method) == (sources, method)).Ndcg;
    }

    private static ReportTable Gains(
        Published published, IReadOnlyList<(Conditions Conditions, string Candidates, GainTable Table)> gains, string[] same)
    {
        List<IReadOnlyList<TableCell>> rows =
            [.. published.Gains.Select(source => Row(source.Key, "paper", source.Value))];
        foreach ((Conditions conditions, _, GainTable table) in gains.Where(gain =>
            gain.Candidates != NamedRanking.AllItems && gain.Table is { Method: "forec", Parent: "maml" }))
        {
            foreach ((string source, IReadOnlyList<Gain?> row) in table.Sources.Zip(table.Gains))
            {
                rows.Add(Row(source, $"here, {conditions}",
                [
                    .. published.Markets.Select(market => table.Targets.ToList().IndexOf(market) is >= 0 and int target
                        && same.Contains(market) ? row[target]?.Percent : null),
                ]));
            }
        }

        string[] sources = [.. published.Gains.Keys];
        return new ReportTable(
            "Published table 4: gain of forec over maml in per cent of nDCG@10, by source (rows) and target (columns). Averages leave out "
            + "the diagonal, which is empty; those printed in the paper count it as 0.",
            ["source", "figures of", .. published.Markets, "average"],
            [
                .. rows.OrderBy(row => Array.IndexOf(sources, row[0].Text) is >= 0 and int place ? place : sources.Length),
                Row("average", "paper", [.. published.Markets.Select((_, market) => published.Gains.Values.Average(row => row[market]))]),
            ], Left: 2);

        static IReadOnlyList<TableCell> Row(string source, string from, IReadOnlyList<double?> percent) =>
            [new(source), new(from), .. percent.Append(percent.Average()).Select(value => new TableCell(ResultTables.Percent(value)))];
    }
}
