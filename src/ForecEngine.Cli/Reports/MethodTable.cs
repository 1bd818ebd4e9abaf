// Table 3 of Bonab et al. (CIKM 2021) as numbers: methods by targets, in blocks that say where the source comes from.
//
//     Single    methods without a source
//     Best-Src  for each method and target the source with the highest nDCG@10 of validation, averaged over seeds
//     Ave-Src   the mean over all sources; each cell has one source
//     Fix-Src   the same source for all targets
//
// Sets of several sources are further blocks. A value is there only if all cells that it is made of have finished: a mean over some of the
// sources, or a choice among them, would mean something else.

namespace ForecEngine.Cli.Reports;

internal enum BlockKind
{
    Single,
    BestSource,
    AverageSource,
    FixedSource,
    SeveralSources,
}

/// <summary>A table of methods.</summary>
/// <param name="Candidates">The kind of candidates of its rankings.</param>
/// <param name="Targets">Its columns.</param>
/// <param name="Blocks">Its blocks.</param>
internal sealed record MethodTable(string Candidates, IReadOnlyList<string> Targets, IReadOnlyList<MethodBlock> Blocks)
{
    /// <summary>The table of a group.</summary>
    /// <param name="group">The systems.</param>
    /// <param name="candidates">The kind of candidates.</param>
    /// <param name="fixedSource">The source of Fix-Src.</param>
    public static MethodTable Of(ResultGroup group, string candidates, string fixedSource)
    {
        IReadOnlyList<string> targets = group.Targets;
        ILookup<int, ResultSystem> byCount = group.Whole.ToLookup(system => Math.Min(system.Sources.Count, 2));
        List<MethodBlock> blocks =
        [
            Block(BlockKind.Single, "Single", byCount[0], all => all is [var one] ? MethodValue.Of(one, candidates) : null),
        ];
        ResultSystem[] fixedOnes = [.. byCount[1].Where(system => system.Sources[0] == fixedSource)];
        bool isChoice = byCount[1].GroupBy(system => (system.Method, system.Target)).Any(sources => sources.Count() > 1);
        if (isChoice || fixedOnes.Length < byCount[1].Count())
            blocks.Add(Block(BlockKind.BestSource, isChoice ? "Best-Src" : "Only source", byCount[1], all => Best(all, candidates)));
        if (isChoice)
            blocks.Add(Block(BlockKind.AverageSource, "Ave-Src", byCount[1], all => Average(all, candidates)));
        blocks.Add(Block(
            BlockKind.FixedSource, $"Fix-Src {fixedSource}", fixedOnes, all => all is [var one] ? MethodValue.Of(one, candidates) : null));
        foreach (var set in byCount[2].GroupBy(NameOfSet(byCount[2], targets)))
            blocks.Add(Block(BlockKind.SeveralSources, set.Key, set, all => all is [var one] ? MethodValue.Of(one, candidates) : null));
        return new MethodTable(candidates, targets, [.. blocks.Where(block => block.Rows.Count > 0)]);

        MethodBlock Block(
            BlockKind kind, string name, IEnumerable<ResultSystem> systems, Func<IReadOnlyList<ResultSystem>, MethodValue?> value) =>
            new MethodBlock(kind, name,
            [
                .. from system in systems
                   group system by system.Method into method
                   orderby PlaceOf(method.Key)
                   select new MethodRow(method.Key,
                       [.. targets.Select(target => value([.. method.Where(system => system.Target == target)]))]),
            ]).Tested();
    }

    /// <summary>The place of a method in the catalogue of plans.</summary>
    public static int PlaceOf(string method) => PlanCatalog.Methods.ToList().IndexOf(method);

    private static MethodValue? Best(IReadOnlyList<ResultSystem> systems, string candidates)
    {
        if (systems.Count == 0 || !systems.All(system => system.Scores.GetValueOrDefault(candidates)?.Valid is not null))
            return systems is [var only] ? MethodValue.Of(only, candidates) : null;
        return MethodValue.Of(systems.MaxBy(system => system.Scores[candidates].Valid)!, candidates); // the first of equal ones
    }

    private static MethodValue? Average(IReadOnlyList<ResultSystem> systems, string candidates) =>
        systems.Count == 0 || !systems.All(system => system.Scores.ContainsKey(candidates)) ? null
            : new MethodValue(null, SystemScores.OfSystems([.. systems.Select(system => system.Scores[candidates])]));

    // A set is called by its markets together with the targets that are left out of it, if it occurs for several of them.
    private static Func<ResultSystem, string> NameOfSet(IEnumerable<ResultSystem> systems, IReadOnlyList<string> targets)
    {
        string[] all = [.. systems.SelectMany(Markets).Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> targetsOf = systems.GroupBy(system => Joined(Markets(system)))
            .ToDictionary(set => set.Key, set => set.Select(system => system.Target).Distinct().Count());
        return system => Markets(system).Length == all.Length && targetsOf[Joined(Markets(system))] == targets.Count
            ? "All others"
            : targetsOf[Joined(Markets(system))] > 1 ? $"Others of {Joined(Markets(system))}" : $"With {Joined(system.Sources)}";

        static string[] Markets(ResultSystem system) => [.. system.Sources.Append(system.Target).Order(StringComparer.Ordinal)];
        static string Joined(IEnumerable<string> markets) => string.Join('+', markets);
    }
}

/// <summary>The rows of a table with sources of the same kind.</summary>
internal sealed record MethodBlock(BlockKind Kind, string Name, IReadOnlyList<MethodRow> Rows)
{
    /// <summary>The methods with which the others are compared, as in the paper.</summary>
    public static readonly IReadOnlyList<string> Baselines = ["maml", "nmf++"];

    /// <summary>
    /// The block with tests of each method against the baselines. Holm's correction is over all pairs of a target and metric in the block.
    /// </summary>
    public MethodBlock Tested()
    {
        (int Baseline, int Row)[] pairs =
        [
            .. from baseline in Baselines.Index()
               from row in Rows.Index()
               let place = Rows.ToList().FindIndex(other => other.Method == baseline.Item)
               where place >= 0 && row.Index != place
               let earlier = Baselines.ToList().IndexOf(row.Item.Method)
               where earlier < 0 || earlier > baseline.Index // a pair of baselines is one pair
               select (place, row.Index),
        ];
        MethodValue?[][] values = [.. Rows.Select(row => row.Values.ToArray())];
        for (int target = 0; target < (Rows.Count == 0 ? 0 : Rows[0].Values.Count); target++)
        {
            for (int metric = 0; metric < SystemScores.Metrics.Count; metric++)
                Test(values, pairs, target, metric);
        }

        return this with { Rows = [.. Rows.Zip(values, (row, own) => row with { Values = own })] };
    }

    private void Test(MethodValue?[][] values, (int Baseline, int Row)[] pairs, int target, int metric)
    {
        (int Baseline, int Row)[] tested =
            [.. pairs.Where(pair => AreTested(values[pair.Baseline][target], values[pair.Row][target]))];
        PairedTest[] tests = [.. tested.Select(pair => PairedTest.Of(Users(pair.Baseline), Users(pair.Row)))];
        double[] holm = PairedTest.Holm([.. tests.Select(test => test.P)]);
        foreach ((int place, (int baseline, int row)) in tested.Index())
        {
            Add(row, new BaselineTest(Rows[baseline].Method, metric, tests[place], holm[place]));
            if (Baselines.Contains(Rows[row].Method)) // seen from the other baseline, the difference has the other sign
            {
                PairedTest reversed = tests[place] with { Difference = -tests[place].Difference, T = -tests[place].T };
                Add(baseline, new BaselineTest(Rows[row].Method, metric, reversed, holm[place]));
            }
        }

        double[] Users(int row) => values[row][target]!.Scores.PerUser[metric];
        static bool AreTested(MethodValue? first, MethodValue? second) =>
            first is not null && second is not null && first.Scores.IsPairedWith(second.Scores);
        void Add(int row, BaselineTest test) =>
            values[row][target] = values[row][target]! with { Tests = [.. values[row][target]!.Tests, test] };
    }
}

/// <summary>A method's values for the targets; null where cells are missing or there are none.</summary>
internal sealed record MethodRow(string Method, IReadOnlyList<MethodValue?> Values);

/// <summary>A method's value for a target.</summary>
/// <param name="Source">The only source; null for none, for several and for averages.</param>
/// <param name="Scores">The scores.</param>
internal sealed record MethodValue(string? Source, SystemScores Scores)
{
    /// <summary>The tests against the other methods of <see cref="MethodBlock.Baselines"/>.</summary>
    public IReadOnlyList<BaselineTest> Tests { get; init; } = [];

    /// <summary>The value of a system; null without a ranking.</summary>
    public static MethodValue? Of(ResultSystem system, string candidates) => system.Scores.TryGetValue(candidates, out SystemScores? scores)
        ? new(system.Sources is [var only] ? only : null, scores) : null;
}

/// <summary>A paired t-test against a baseline, over users, of values averaged over seeds.</summary>
/// <param name="Baseline">The baseline.</param>
/// <param name="Metric">The place in <see cref="SystemScores.Metrics"/>.</param>
/// <param name="Test">The test; its difference is the method's value minus the baseline's.</param>
/// <param name="HolmP">The p-value after Holm's correction.</param>
internal sealed record BaselineTest(string Baseline, int Metric, PairedTest Test, double HolmP)
{
    /// <summary>Whether the method is significantly better.</summary>
    public bool IsGain => Test.Difference > 0 && HolmP < SystemScores.SignificanceLevel;
}
