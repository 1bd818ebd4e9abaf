// Where a phase stands at the end of an epoch, or between two rounds of one. With the parameters and the optimiser's moments
// it is all that going on takes: draws are functions of (seed, stream, epoch, index), so no state of a generator is kept.

namespace ForecEngine.Recommenders.Training;

/// <summary>A phase after some of its epochs.</summary>
/// <param name="Epochs">Whole epochs trained.</param>
/// <param name="Rounds">Rounds trained, those of an unfinished epoch among them.</param>
/// <param name="Samples">(user, item, label) triples trained on in whole epochs.</param>
/// <param name="Seconds">Seconds of training.</param>
/// <param name="Loss">The mean loss of the last whole epoch, in nats.</param>
/// <param name="BestEpoch">The epoch that ranked validation best so far, or null where that is not asked.</param>
/// <param name="BestScore">What it scored.</param>
public sealed record PhaseState(
    int Epochs, long Rounds, long Samples, double Seconds, double Loss, int? BestEpoch = null, double? BestScore = null)
{
    /// <summary>A phase before its first epoch.</summary>
    public static PhaseState Beginning { get; } = new(0, 0, 0, 0, 0);

    /// <summary>The part of the next epoch that is trained already; null if that epoch has not begun.</summary>
    public EpochPart? Part { get; init; }
}

/// <summary>An epoch cut off between two rounds.</summary>
/// <param name="Rounds">Its rounds trained.</param>
/// <param name="Samples">Their samples.</param>
/// <param name="LossSum">The sum of their losses.</param>
public sealed record EpochPart(int Rounds, long Samples, double LossSum);
