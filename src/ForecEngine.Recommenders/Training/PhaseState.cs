// The progress of a phase at the end of an epoch or between two rounds. Together with the parameters and the optimiser's state this is
// all that is needed to resume: random draws are functions of (seed, stream, epoch, index), so there is no generator state.

namespace ForecEngine.Recommenders.Training;

/// <summary>The progress of a phase.</summary>
/// <param name="Epochs">The number of complete epochs.</param>
/// <param name="Rounds">The number of rounds, including those of an incomplete epoch.</param>
/// <param name="Samples">The number of (user, item, label) triples in complete epochs.</param>
/// <param name="Seconds">The seconds of training.</param>
/// <param name="Loss">The mean loss of the last complete epoch, in nats.</param>
/// <param name="BestEpoch">The epoch with the best validation score so far; null if the last epoch is kept.</param>
/// <param name="BestScore">The validation score of that epoch.</param>
public sealed record PhaseState(
    int Epochs, long Rounds, long Samples, double Seconds, double Loss, int? BestEpoch = null, double? BestScore = null)
{
    /// <summary>A phase before its first epoch.</summary>
    public static PhaseState Beginning { get; } = new(0, 0, 0, 0, 0);

    /// <summary>The trained part of the next epoch; null if that epoch has not begun.</summary>
    public EpochPart? Part { get; init; }

    /// <summary>The seconds of the first epoch; 0 until it is complete.</summary>
    public double FirstEpochSeconds { get; init; }
}

/// <summary>The part of an epoch before an interruption.</summary>
/// <param name="Rounds">The number of rounds.</param>
/// <param name="Samples">Their number of samples.</param>
/// <param name="LossSum">The sum of their losses.</param>
public sealed record EpochPart(int Rounds, long Samples, double LossSum);
