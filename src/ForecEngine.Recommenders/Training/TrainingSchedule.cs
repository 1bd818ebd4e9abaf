// A run's plan, known before it begins: its phases, and about how much work each is. Progress is measured against it.

using ForecEngine.Recommenders.Data;

namespace ForecEngine.Recommenders.Training;

/// <summary>A phase that is to come, is running or is done.</summary>
/// <param name="Name">The phase: <c>gmf++</c>; the last is <see cref="TrainingSchedule.Ranking"/>.</param>
/// <param name="Work">About how much work it is, in samples of an ordinary phase.</param>
public sealed record ScheduledPhase(string Name, double Work);

/// <summary>The phases of a run in order, the ranking of held-out items the last.</summary>
/// <param name="Phases">The phases.</param>
public sealed record TrainingSchedule(IReadOnlyList<ScheduledPhase> Phases)
{
    /// <summary>The name of the last entry, in which candidates are scored and ranked.</summary>
    public const string Ranking = "ranking";

    // How many times as long a sample takes as in an ordinary phase, measured with two threads. Nothing but the estimate of the time
    // left depends on them.
    private const double MetaLearning = 5.5;
    private const double SmallMinibatches = 2;
    private const double Scoring = 0.1;
    private const int SmallBatch = 20;

    /// <summary>The schedule of phases over markets.</summary>
    /// <param name="phases">The phases.</param>
    /// <param name="markets">The markets.</param>
    /// <param name="target">The one that is recommended to.</param>
    /// <param name="candidates">How many candidates are ranked in the end.</param>
    internal static TrainingSchedule Of(
        IReadOnlyList<Phase> phases, IReadOnlyList<PlacedMarket> markets, PlacedMarket target, long candidates) =>
        new(
        [
            .. phases.Select(phase => new ScheduledPhase(phase.Name, Work(phase, markets, target))),
            new ScheduledPhase(Ranking, Scoring * candidates),
        ]);

    // Markets that take turns go on until the longest has been seen.
    private static double Work(Phase phase, IReadOnlyList<PlacedMarket> markets, PlacedMarket target)
    {
        PlacedMarket[] trained = phase.Scope switch
        {
            Scope.All => [.. markets],
            Scope.Each => [.. markets.Where(placed => placed.Market.Name == phase.Market)],
            _ => [target],
        };
        long[] rows = [.. trained.Select(placed => (long)placed.Market.TrainUsers.Length)];
        if (phase.Fit is not GradientFit fit)
            return rows.Sum();
        bool turns = fit.Samples.Sampling != Sampling.Concat || fit is MetaFit;
        double samples = (turns ? (double)rows.Max() * rows.Length : rows.Sum()) * (1 + fit.Samples.Negatives) * fit.Epochs;
        return samples * (fit is MetaFit ? MetaLearning : fit.Samples.BatchSize <= SmallBatch ? SmallMinibatches : 1);
    }
}
