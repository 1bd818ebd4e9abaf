// The phases of a run with their estimated work, against which progress is measured.

namespace ForecEngine.Recommenders.Training;

/// <summary>A phase and its estimated work.</summary>
/// <param name="Name">The phase, such as <c>gmf++</c>; the last one is <see cref="TrainingSchedule.Ranking"/>.</param>
/// <param name="Work">The estimated work, in samples of an ordinary phase.</param>
public sealed record ScheduledPhase(string Name, double Work);

/// <summary>The phases of a run in order; the last one is the ranking of held-out items.</summary>
/// <param name="Phases">The phases.</param>
public sealed record TrainingSchedule(IReadOnlyList<ScheduledPhase> Phases)
{
    /// <summary>The name of the last entry, in which candidates are scored and ranked.</summary>
    public const string Ranking = "ranking";

    // The time per sample, relative to an ordinary phase, measured with two threads. Only the estimate of the time left depends on these.
    private const double MetaLearning = 5.5;
    private const double SmallMinibatches = 2;
    private const double Scoring = 0.1;
    private const int SmallBatch = 20;

    /// <summary>The schedule of phases.</summary>
    /// <param name="phases">The phases.</param>
    /// <param name="marketsOf">The markets that a phase is fitted to.</param>
    /// <param name="candidates">The number of candidates to rank at the end.</param>
    internal static TrainingSchedule Of(
        IReadOnlyList<Phase> phases, Func<Phase, IReadOnlyList<PlacedMarket>> marketsOf, long candidates) =>
        new(
        [
            .. phases.Select(phase => new ScheduledPhase(phase.Name, Work(
                phase, [.. marketsOf(phase).Select(placed => (long)placed.Market.TrainUsers.Length)]))),
            new ScheduledPhase(Ranking, RankingWork(candidates)),
        ]);

    /// <summary>The estimated work of ranking candidates.</summary>
    internal static double RankingWork(double candidates) => Scoring * candidates;

    /// <summary>The estimated work of a phase over markets with these numbers of training rows.</summary>
    internal static double Work(Phase phase, IReadOnlyList<long> rows)
    {
        // If markets take turns, each is used until the longest has been seen once.
        if (phase.Fit is not GradientFit fit)
            return rows.Sum();
        bool turns = fit.Samples.Sampling != Sampling.Concat || fit is MetaFit;
        double samples = (turns ? (double)rows.Max() * rows.Count : rows.Sum()) * (1 + fit.Samples.Negatives) * fit.Epochs;
        return samples * (fit is MetaFit ? MetaLearning : fit.Samples.BatchSize <= SmallBatch ? SmallMinibatches : 1);
    }
}
