// The numbers of a sweep as tables 3 and 4 of a page.

namespace ForecEngine.Cli.Reports;

internal static class ResultTables
{
    public const string Dash = "-";

    // A mark for each of MethodBlock.Baselines.
    private static readonly string[] s_marks = ["\u2020", "\u2021"];
    private static readonly string[] s_metrics = ["nDCG@10", "HR@10"];

    /// <summary>Table 3, one page table for each metric.</summary>
    public static IEnumerable<ReportTable> Of(MethodTable table)
    {
        foreach ((int metric, string name) in s_metrics.Index())
        {
            yield return new ReportTable(
                $"Table 3{"ab"[metric]}. {name} of test {Among(table.Candidates)}.", ["sources", "method", .. table.Targets],
                [
                    .. from block in table.Blocks
                       from row in block.Rows
                       select (IReadOnlyList<TableCell>)
                       [
                           new(block.Name), new(row.Method),
                           .. row.Values.Select((value, target) => Cell(value, metric, BestOf(block, target, metric))),
                       ],
                ], Left: 2);
        }
    }

    /// <summary>What the marks of table 3 mean.</summary>
    public static string Legend(MethodTable table)
    {
        string[] marks =
        [
            .. MethodBlock.Baselines.Zip(s_marks)
                .Where(mark => table.Blocks.Any(block => block.Kind != BlockKind.Single && block.Rows.Any(row => row.Method == mark.First)))
                .Select((mark, place) => place == 0 ? $"{mark.Second} is a significant gain over {mark.First}"
                    : $"{mark.Second} over {mark.First}"),
        ];
        bool hasOneSeed = !table.Blocks.SelectMany(block => block.Rows).SelectMany(row => row.Values)
            .Any(value => value?.Scores.BySeed.Count > 1);
        return "The best of a column in each block is bold. " + (marks.Length == 0
            ? "The sweep has neither maml nor nmf++ with sources, so nothing is tested."
            : $"{string.Join(", ", marks)} with sources of the same kind (paired t-test over users, of values averaged over seeds; "
                + "p < 0.05 after Holm's correction over all tests of a block's column)."
                + (hasOneSeed ? " With one seed, a test says nothing about other seeds." : ""));
    }

    /// <summary>The methods that simple baselines beat, a warning for each baseline of the table that beats any.</summary>
    public static IEnumerable<ReportWarning> BaselineWarnings(MethodTable table)
    {
        MethodBlock[] blocks = [.. table.Blocks.Where(block => block.Kind is BlockKind.Single or BlockKind.BestSource)];
        foreach (MethodRow baseline in blocks.Where(block => block.Kind == BlockKind.Single).SelectMany(block => block.Rows)
            .Where(row => Published.SimpleBaselines.Contains(row.Method)))
        {
            string[] beaten =
            [
                .. from block in blocks
                   from row in block.Rows
                   where !Published.SimpleBaselines.Contains(row.Method)
                   let targets = table.Targets.Where((_, target) =>
                       row.Values[target]?.Scores.Means[0] < baseline.Values[target]?.Scores.Means[0]).ToArray()
                   where targets.Length > 0
                   group row.Method by $"({block.Name}) in {(targets.Length == table.Targets.Count ? "all markets"
                       : string.Join(", ", targets))}" into methods
                   select $"{string.Join(", ", methods)} {methods.Key}",
            ];
            string name = baseline.Method == Published.PopularityMethod ? "Popularity alone (pop)"
                : $"The simple baseline {baseline.Method}";
            if (beaten.Length > 0)
            {
                yield return new ReportWarning(
                    $"{name} has a higher nDCG@10 {Among(table.Candidates)} than {string.Join("; ", beaten)}.");
            }
        }
    }

    /// <summary>The sources that Best-Src chose; null if there was no choice.</summary>
    public static ReportTable? ChosenSources(MethodTable table) =>
        table.Blocks.FirstOrDefault(block => block is { Kind: BlockKind.BestSource }) is not { } best ? null
            : new ReportTable(
                $"Table 3c. The sources of Best-Src, those with the highest nDCG@10 of validation {Among(table.Candidates)}.",
                ["method", .. table.Targets],
                [
                    .. best.Rows.Select(row => (IReadOnlyList<TableCell>)
                        [new(row.Method), .. row.Values.Select(value => new TableCell(value?.Source ?? Dash))]),
                ], Left: 1 + table.Targets.Count);

    /// <summary>The standard deviations over seeds; null with one seed.</summary>
    public static ReportTable? Deviations(MethodTable table) =>
        !table.Blocks.SelectMany(block => block.Rows).SelectMany(row => row.Values).Any(value => value?.Scores.BySeed.Count > 1) ? null
            : new ReportTable(
                $"Table 3d. Standard deviation of nDCG@10 over seeds, {Among(table.Candidates)}.", ["sources", "method", .. table.Targets],
                [
                    .. from block in table.Blocks
                       from row in block.Rows
                       select (IReadOnlyList<TableCell>)
                       [
                           new(block.Name), new(row.Method),
                           .. row.Values.Select(value => new TableCell(
                               value?.Scores.BySeed is { Count: > 1 } seeds ? ResultTable.Metric(DeviationOf(seeds)) : Dash)),
                       ],
                ], Left: 2);

    /// <summary>Table 4.</summary>
    public static ReportTable Of(GainTable table, string candidates) => new(
        $"Table 4. Gain of {table.Method} over {table.Parent} in per cent of nDCG@10 of test {Among(candidates)}, by source (rows) and "
            + "target (columns). Averages leave out the diagonal, which is empty; those in the paper count it as 0. "
            + "* is a significant difference (paired t-test over users; p < 0.05 after Holm's correction over the table).",
        ["source", .. table.Targets, "average"],
        [
            .. table.Sources.Zip(table.Gains, (source, row) => (IReadOnlyList<TableCell>)
                [new(source), .. row.Select(gain => new TableCell(Text(gain))), new(Percent(GainTable.Average(row)))]),
            [
                new("average"),
                .. table.Targets.Select((_, target) => new TableCell(Percent(GainTable.Average(table.Gains.Select(row => row[target]))))),
                new(Percent(GainTable.Average(table.Gains.SelectMany(row => row)))),
            ],
        ]);

    /// <summary>The kind of candidates in words.</summary>
    public static string Among(string candidates) => candidates switch
    {
        NamedRanking.AllItems => "among all items",
        NamedRanking.Sampled => "among sampled items",
        _ => "among the given candidates",
    };

    /// <summary>A gain in per cent.</summary>
    public static string Percent(double? percent) =>
        percent is { } value ? value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) : Dash;

    private static string Text(Gain? gain) => Percent(gain?.Percent) + (gain is { IsSignificant: true } ? "*" : "");

    private static TableCell Cell(MethodValue? value, int metric, double? best)
    {
        if (value is null)
            return new(Dash);
        string marks = string.Concat(MethodBlock.Baselines.Zip(s_marks)
            .Where(mark => value.Tests.Any(test => test.Metric == metric && test.Baseline == mark.First && test.IsGain))
            .Select(mark => mark.Second));
        return new(ResultTable.Metric(value.Scores.Means[metric]) + marks, Rounded(value, metric) == best);
    }

    // The best printed number of a column; with one row there is nothing to be better than.
    private static double? BestOf(MethodBlock block, int target, int metric) => block.Rows.Count < 2 ? null
        : block.Rows.Max(row => row.Values[target] is { } value ? Rounded(value, metric) : (double?)null);

    private static double Rounded(MethodValue value, int metric) =>
        Math.Round(value.Scores.Means[metric], 4, MidpointRounding.AwayFromZero);

    private static double DeviationOf(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
