// Table 4 of Bonab et al. (CIKM 2021) as numbers: how much a fork gains over the method whose model it forks, in per cent of nDCG@10, by
// source and target. A market is no source of its own, and averages leave that diagonal out. (The paper's averages count it as 0.)

namespace ForecEngine.Cli.Reports;

/// <summary>A table of gains.</summary>
/// <param name="Method">The fork, such as forec.</param>
/// <param name="Parent">What it forks, such as maml.</param>
/// <param name="Sources">Its rows.</param>
/// <param name="Targets">Its columns.</param>
/// <param name="Gains">The gains, by source and target; null where there are none.</param>
internal sealed record GainTable(
    string Method, string Parent, IReadOnlyList<string> Sources, IReadOnlyList<string> Targets, IReadOnlyList<IReadOnlyList<Gain?>> Gains)
{
    /// <summary>The tables of a group: one for each fork whose parent is in the group too, in the order of the catalogue.</summary>
    /// <param name="group">The systems.</param>
    /// <param name="candidates">The kind of candidates.</param>
    public static IReadOnlyList<GainTable> Of(ResultGroup group, string candidates)
    {
        ILookup<string, ResultSystem> byMethod =
            group.Whole.Where(system => system.Sources.Count == 1).ToLookup(system => system.Method);
        return
        [
            .. byMethod.Where(fork => ParentOf(fork.Key) is { } parent && byMethod.Contains(parent))
                .OrderBy(fork => fork.Key == "forec" ? 0 : 1).ThenBy(fork => MethodTable.PlaceOf(fork.Key))
                .Select(fork => Of(group.Targets, candidates, [.. fork], [.. byMethod[ParentOf(fork.Key)!]])),
        ];
    }

    /// <summary>The mean of gains; null if there are none.</summary>
    public static double? Average(IEnumerable<Gain?> gains) => gains.Average(gain => gain?.Percent);

    private static string? ParentOf(string method) => PlanCatalog.Methods.Contains(method) ? PlanCatalog.Find(method).Adapts : null;

    private static GainTable Of(
        IReadOnlyList<string> targets, string candidates, IReadOnlyList<ResultSystem> forks, IReadOnlyList<ResultSystem> parents)
    {
        IReadOnlyList<string> sources = PaperOrder.Of(forks.Select(system => system.Sources[0]));
        Gain?[][] gains = [.. sources.Select(source => targets.Select(target => Of(
            Find(forks, source, target), Find(parents, source, target), candidates)).ToArray())];

        // Holm's correction is over the whole table.
        double[] holm = PairedTest.Holm([.. gains.SelectMany(row => row).OfType<Gain>().Select(gain => gain.Test?.P ?? 1)]);
        int place = 0;
        foreach (Gain?[] row in gains)
        {
            for (int target = 0; target < row.Length; target++)
            {
                if (row[target] is { } gain)
                    row[target] = gain with { HolmP = holm[place++] };
            }
        }

        return new GainTable(forks[0].Method, parents[0].Method, sources, targets, gains);
    }

    private static ResultSystem? Find(IReadOnlyList<ResultSystem> systems, string source, string target) =>
        systems.FirstOrDefault(system => system.Sources[0] == source && system.Target == target);

    private static Gain? Of(ResultSystem? fork, ResultSystem? parent, string candidates)
    {
        if (fork?.Scores.GetValueOrDefault(candidates) is not { } own || parent?.Scores.GetValueOrDefault(candidates) is not { } other
            || other.Means[0] <= 0)
            return null;
        PairedTest? test = own.IsPairedWith(other) ? PairedTest.Of(other.PerUser[0], own.PerUser[0]) : null;
        return new Gain(100 * ((own.Means[0] / other.Means[0]) - 1), test, HolmP: 1);
    }
}

/// <summary>A gain.</summary>
/// <param name="Percent">The gain in nDCG@10, in per cent of the parent's.</param>
/// <param name="Test">The paired t-test over users; null without values of users.</param>
/// <param name="HolmP">The p-value after Holm's correction over the table.</param>
internal sealed record Gain(double Percent, PairedTest? Test, double HolmP)
{
    /// <summary>Whether the two differ significantly.</summary>
    public bool IsSignificant => HolmP < SystemScores.SignificanceLevel;
}
