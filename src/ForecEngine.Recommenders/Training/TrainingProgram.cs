// The rounds of a phase's training. A program runs them on the device, several at a time, and the host reads their losses afterwards.

namespace ForecEngine.Recommenders.Training;

/// <summary>The result of a round.</summary>
/// <param name="Loss">The mean loss of its samples, in nats.</param>
/// <param name="Samples">The number of its samples.</param>
public readonly record struct RoundResult(double Loss, int Samples);

/// <summary>Trains round by round.</summary>
public abstract class TrainingProgram
{
    private protected TrainingProgram(Optimiser optimiser) => Optimiser = optimiser;

    /// <summary>The most rounds in a call of <see cref="Run"/>.</summary>
    public abstract int RoundsAtOnce { get; }

    /// <summary>The number of rounds in an epoch.</summary>
    public abstract int Rounds { get; }

    /// <summary>The schedule of the learning rate over <see cref="Epochs"/>; by default the rate is constant.</summary>
    public RateSchedule Schedule { get; init; } = new();

    /// <summary>The number of epochs of the schedule.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The optimiser.</summary>
    private protected Optimiser Optimiser { get; }

    /// <summary>The number of rounds in the epochs before this one.</summary>
    protected long RoundsBefore { get; private protected set; }

    /// <summary>Begins an epoch and draws its samples.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="roundsBefore">The number of rounds before it.</param>
    /// <param name="together">The number of threads that draw, which does not change the samples.</param>
    public abstract void Begin(int epoch, long roundsBefore, ParallelOptions together);

    /// <summary>Runs rounds of the epoch.</summary>
    /// <param name="first">The first round, from 0.</param>
    /// <param name="count">The number of rounds, at most <see cref="RoundsAtOnce"/>.</param>
    /// <returns>The results, valid until the next call. A step whose loss is not finite has moved no parameter.</returns>
    public abstract ReadOnlySpan<RoundResult> Run(int first, int count);

    /// <summary>Sets the learning rate of a round by the schedule.</summary>
    private protected void SetRate(int round) =>
        Optimiser.RateFactor = Schedule.FactorAt((RoundsBefore + round) / ((double)Epochs * Rounds));
}
