// The stages that an experiment trains, as far as its record tells, before any data are prepared. Stages with equal keys are the same stage
// (StageRecord.cs), so a scheduler can train them once. The key is not that of the stage's file, which also depends on the prepared rows.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A stage that an experiment will train.</summary>
/// <param name="Name">The name of its phase.</param>
/// <param name="Key">Its key: stages of different experiments with equal keys are the same.</param>
/// <param name="Work">The estimated work, in samples of an ordinary phase.</param>
public sealed record PlannedStage(string Name, string Key, double Work)
{
    /// <summary>The stages of an experiment, in order.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="sizes">The size of each of its markets.</param>
    public static IReadOnlyList<PlannedStage> Of(Experiment experiment, IReadOnlyDictionary<string, MarketSize> sizes)
    {
        Plan plan = PlanCatalog.Find(experiment.Method, experiment.Settings);
        string[] markets = plan.TakesSources ? [.. experiment.Sources.Append(experiment.Target).Order(StringComparer.Ordinal)]
            : [experiment.Target];
        string[] contents = [.. markets.Select(market => $"{market} {Content(experiment, market)}")];
        string? pool = experiment.CandidatePool == CandidatePool.AllMarkets ? string.Join(' ', experiment.Digests.Values) : null;
        List<PlannedStage> stages = [];
        string after = "";
        foreach (Phase phase in plan.Over(markets))
        {
            after = StageRecord.Of(experiment, experiment.Seed, contents, () => pool, phase, after).Key();
            string[] fitted = phase.Scope == Scope.All ? markets : [phase.Market ?? experiment.Target];
            stages.Add(new PlannedStage(phase.Name, after, TrainingSchedule.Work(phase, [.. fitted.Select(market => Rows(market))])));
        }

        return stages;

        long Rows(string market)
        {
            double kept = market == experiment.Target ? experiment.TrainingFraction ?? 1 : 1;
            return (long)Math.Ceiling(sizes[market].Ratings * kept);
        }
    }

    /// <summary>The estimated work of ranking the target's held-out items, in samples of an ordinary phase.</summary>
    /// <param name="experiment">The record.</param>
    /// <param name="target">The size of its target.</param>
    public static double RankingWork(Experiment experiment, MarketSize target)
    {
        double lists = 2.0 * target.Users;
        return TrainingSchedule.RankingWork(
            (experiment.CandidatesFrom == CandidatesFrom.All ? 0 : lists * experiment.EvaluationNegatives)
            + (experiment.CandidatesFrom == CandidatesFrom.Sampled ? 0 : lists * target.Items));
    }

    // Everything that determines the rows of a market after filtering and splitting. A source is split like the target, unless the record
    // says otherwise.
    private static string Content(Experiment experiment, string market)
    {
        SplitRules split = experiment.Protocol.Split;
        List<object?> parts = [experiment.Digests[market], experiment.KCore, experiment.KCorePasses];
        if (market == experiment.Target)
            return Text(split);
        if (experiment.SourceRows == SourceRows.All)
            parts.Add("all rows");
        if (experiment.Settings.Samples.Sampling == Sampling.Sel)
            parts.Add(experiment.Digests[experiment.Target]);
        return Text(split with { TrainingFraction = 1 });

        string Text(SplitRules rules) => string.Join(' ', parts.Append(JsonSerializer.Serialize(rules, Experiment.JsonOptions)));
    }
}
