// Figures 4, 5a and 5b of Bonab et al. (CIKM 2021) from the results of a sweep, by nDCG@10. Figures 5a and 5b show means over targets, all
// with the same weight. A method is shown only if it has a value for each target.

using ForecEngine.Cli.Reports.Figures;

namespace ForecEngine.Cli.Reports;

internal static class ResultFigures
{
    private const string Base = "nmf", Metric = "nDCG@10";

    /// <summary>The figures of a group.</summary>
    /// <param name="group">The systems.</param>
    /// <param name="table">Table 3 of the group, which says the kind of candidates.</param>
    /// <param name="fixedSource">The source of Fix-Src.</param>
    /// <param name="suffix">Distinguishes the names of the figures from those of other groups.</param>
    public static IEnumerable<ReportFigure> Of(ResultGroup group, MethodTable table, string fixedSource, string suffix)
    {
        string among = ResultTables.Among(table.Candidates);
        if (Gains(group.Whole, table.Candidates) is { Count: > 0 } gains)
        {
            yield return GainsFigure.Draw(
                $"figure-4{suffix}", $"Figure 4. Gain over {Base} in per cent of {Metric} of test {among}, over all pairs of a target and "
                + "a source. A box has the middle half of the pairs and their median, whiskers end at the last pair within 1.5 times its "
                + "length, and circles are pairs beyond; of fewer than five pairs, each is a circle.", gains);
        }

        string[] targets = [.. table.Targets.Where((_, target) => Lines(table).Any(row => row.Values[target] is not null))];
        string means = targets.Length == 1 ? $"for {targets[0]}" : $"mean over the targets {string.Join(", ", targets)}";
        (IReadOnlyList<string> groups, IReadOnlyList<MethodLine> users) = Groups(table);
        if (users.Count > 0)
        {
            yield return UserGroupsFigure.Draw(
                $"figure-5a{suffix}",
                $"Figure 5a. {Metric} of test {among} by groups of users, {means}. Each target's users are in five groups of equal size by "
                + $"the number of their training rows; below a group are the fewest and the most over targets.{WithBest(table)}",
                groups, Metric, users);
        }

        double[] fractions = [.. group.Systems.Select(system => system.Fraction).Distinct().Order()];
        if (fractions.Length > 1 && OfAllSizes(group, fractions.Length) is { Systems.Count: > 0 } sized
            && Sizes(sized, fractions, table.Candidates, fixedSource) is { Count: > 0 } sizes)
        {
            string over = sized.Targets is [var only] ? $"for {only}" : $"mean over the targets {string.Join(", ", sized.Targets)}";
            string sources = WithBest(MethodTable.Of(sized, table.Candidates, fixedSource));
            if (sources.Length == 0 && sized.Systems.Any(system => system.Sources.Count == 1))
                sources = $" Methods with a source have the only one with all parts: {SourcesOf(sized)}.";
            yield return TrainingSizeFigure.Draw(
                $"figure-5b{suffix}", $"Figure 5b. {Metric} of test {among} with a part of the target's training rows, {over}.{sources}",
                fractions, Metric, sizes);
        }
    }

    // Points of a line are comparable only if they have the same sources to choose from.
    private static ResultGroup? OfAllSizes(ResultGroup group, int fractions)
    {
        ResultSystem[] systems =
        [
            .. group.Systems.GroupBy(system => (system.Method, system.Target, string.Join('\n', system.Sources)))
                .Where(same => same.Count() == fractions).SelectMany(same => same),
        ];
        return systems.Length == 0 ? null : new ResultGroup(group.Conditions, group.Example, systems);
    }

    private static string SourcesOf(ResultGroup group) => string.Join(", ", group.Systems.Where(system => system.Sources.Count == 1)
        .Select(system => (Source: system.Sources[0], system.Target)).Distinct().GroupBy(pair => pair.Source)
        .Select(source => $"{source.Key} for {string.Join(" and ", source.Select(pair => pair.Target))}"));

    // The gains of methods with one source over the target alone.
    private static List<MethodGains> Gains(IReadOnlyList<ResultSystem> systems, string candidates)
    {
        Dictionary<string, double> bases = systems.Where(system => system.Method == Base && system.Sources.Count == 0)
            .Select(system => (system.Target, Value: Value(system))).Where(target => target.Value > 0)
            .ToDictionary(target => target.Target, target => target.Value);
        return
        [
            .. from system in systems
               where system.Sources.Count == 1 && bases.ContainsKey(system.Target)
               group 100 * (Value(system) / bases[system.Target] - 1) by system.Method into method
               where method.Any(double.IsFinite)
               orderby MethodTable.PlaceOf(method.Key)
               select new MethodGains(method.Key, [.. method]),
        ];

        double Value(ResultSystem system) => system.Scores.GetValueOrDefault(candidates)?.Means[0] ?? double.NaN;
    }

    // Methods without sources, and the others with the source of Best-Src, or with the only one.
    private static IEnumerable<MethodRow> Lines(MethodTable table)
    {
        MethodBlock[] blocks =
        [
            .. table.Blocks.Where(block => block.Kind == BlockKind.Single),
            .. table.Blocks.Where(block => block.Kind is BlockKind.BestSource or BlockKind.FixedSource)
                .OrderBy(block => block.Kind).Take(1),
        ];
        return blocks.SelectMany(block => block.Rows).DistinctBy(row => row.Method);
    }

    private static string WithBest(MethodTable table) =>
        table.Blocks.Any(block => block.Kind == BlockKind.AverageSource) ? " Methods with a source have that of Best-Src." : "";

    private static (IReadOnlyList<string> Groups, IReadOnlyList<MethodLine> Lines) Groups(MethodTable table)
    {
        List<MethodLine> lines = [];
        List<UserGroup> all = [];
        foreach (MethodRow row in Lines(table))
        {
            SystemScores[] scores = [.. row.Values.OfType<MethodValue>().Select(value => value.Scores)];
            if (scores.Length < table.Targets.Count || !scores.All(score => score.PerUser.Count > 0 && score.Users.Ids.Length > 0))
                continue;
            IReadOnlyList<UserGroup>[] groups = [.. scores.Select(score => UserGroups.ByTrainingRows(Users(score)))];
            if (groups.Any(target => target.Count < UserGroups.Count))
                continue;
            all.AddRange(groups.SelectMany(target => target));
            lines.Add(new MethodLine(
                row.Method, [.. Enumerable.Range(0, UserGroups.Count).Select(place => groups.Average(target => target[place].Means[0]))]));
        }

        return ([.. Enumerable.Range(0, lines.Count > 0 ? UserGroups.Count : 0).Select(Name)], lines);

        string Name(int place)
        {
            UserGroup[] same = [.. all.Where((_, i) => i % UserGroups.Count == place)];
            (int from, int to) = (same.Min(group => group.From), same.Max(group => group.To));
            return from == to ? $"{from}" : $"{from} to {to}";
        }
    }

    private static IEnumerable<UserValues> Users(SystemScores scores) => scores.Users.Ids.Select((user, place) => new UserValues(
        "test", "", user, scores.Users.TrainingRows[place], scores.Users.Items[place], 0, 0, [scores.PerUser[0][place]]));

    private static List<MethodLine> Sizes(ResultGroup group, double[] fractions, string candidates, string fixedSource)
    {
        MethodTable[] tables =
        [
            .. fractions.Select(fraction => MethodTable.Of(
                new ResultGroup(group.Conditions, group.Example, [.. group.Systems.Where(system => system.Fraction == fraction)]),
                candidates, fixedSource)),
        ];
        return
        [
            .. from method in tables.SelectMany(Lines).Select(row => row.Method).Distinct()
               orderby MethodTable.PlaceOf(method)
               let values = tables.Select(table => Mean(table, method)).ToList()
               where values.Any(double.IsFinite)
               select new MethodLine(method, values),
        ];

        double Mean(MethodTable table, string method) =>
            Lines(table).FirstOrDefault(row => row.Method == method) is { } row && row.Values.Count == group.Targets.Count
                ? row.Values.Average(value => value?.Scores.Means[0] ?? double.NaN) : double.NaN;
    }
}
