// Finds the stages that several cells share. Stages that exactly the same cells need, such as gmf++, mlp++ and nmf++ of a pair of markets
// in a grid of nmf++ and its forks, are one task.

namespace ForecEngine.Cli.Sweeps;

internal static class SharedStages
{
    /// <summary>The tasks of cells: each cell with its dependencies, and the stages before the first cell that needs them.</summary>
    /// <param name="cells">The cells, all different.</param>
    /// <param name="sizes">The size of each market.</param>
    public static IReadOnlyList<SweepTask> Before(IReadOnlyList<SweepTask> cells, IReadOnlyDictionary<string, MarketSize> sizes)
    {
        IReadOnlyList<PlannedStage>[] chains = [.. cells.Select(cell => Chain(cell.Experiment, sizes))];
        Dictionary<string, int> needs = chains.SelectMany(chain => chain).CountBy(stage => stage.Key).ToDictionary();
        OrderedDictionary<string, SweepTask> tasks = new(StringComparer.Ordinal);
        foreach ((SweepTask cell, IReadOnlyList<PlannedStage> chain) in cells.Zip(chains))
        {
            PlannedStage[] shared = [.. chain.TakeWhile(stage => needs[stage.Key] > 1)];
            SweepTask? last = null;
            int begin = 0;
            for (int end = 1; end <= shared.Length; end++)
            {
                if (end < shared.Length && needs[shared[end].Key] == needs[shared[end - 1].Key])
                    continue; // the same cells need the next stage
                string digest = SweepTask.Short(shared[end - 1].Key);
                if (!tasks.TryGetValue(digest, out SweepTask? known))
                {
                    known = tasks[digest] = cell with
                    {
                        Digest = digest,
                        Kind = TaskKind.Stage,
                        Name = $"{string.Join(", ", shared[begin..end].Select(stage => stage.Name))} of {Markets(cell.Experiment)}",
                        Level = last is null ? 0 : last.Level + 1,
                        After = last is null ? [] : [last.Digest],
                        Work = shared[begin..end].Sum(stage => stage.Work),
                        Stages = [.. shared[..end].Select(stage => stage.Name)],
                        Record = cell.Record.DeepClone().AsObject(),
                    };
                }

                (last, begin) = (known, end);
            }

            Experiment experiment = cell.Experiment;
            tasks[cell.Digest] = cell with
            {
                Level = last is null ? 0 : last.Level + 1,
                After = last is null ? [] : [last.Digest],
                Work = chain.Skip(shared.Length).Sum(stage => stage.Work)
                    + PlannedStage.RankingWork(experiment, sizes[experiment.Target]),
                Stages = [.. shared.Select(stage => stage.Name)],
            };
        }

        return [.. tasks.Values];
    }

    // A blend without validation rows is fitted in another order (ExperimentRunner), in which no stage is shared.
    private static IReadOnlyList<PlannedStage> Chain(Experiment experiment, IReadOnlyDictionary<string, MarketSize> sizes) =>
        experiment.HoldOut == HoldOut.None
        && PlanCatalog.Find(experiment.Method, experiment.Settings).Phases.Any(phase => phase.Fit is BlendFit)
            ? [] : PlannedStage.Of(experiment, sizes);

    private static string Markets(Experiment experiment)
    {
        bool joint = PlanCatalog.Find(experiment.Method).TakesSources;
        string[] markets = [.. (joint ? experiment.Sources : []).Append(experiment.Target).Order(StringComparer.Ordinal)];
        string fraction = experiment.TrainingFraction is { } part
            ? string.Create(CultureInfo.InvariantCulture, $", fraction {part}") : "";
        return $"{string.Join(", ", markets)}, seed {experiment.Seed}{fraction}";
    }
}
