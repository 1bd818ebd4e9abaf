// Where a phase stands at the end of an epoch. With the parameters and the optimiser's moments it is all that going on
// takes: draws are functions of (seed, stream, epoch, index), so no state of a generator is kept.

namespace ForecEngine.Recommenders.Training;

/// <summary>A phase after some of its epochs.</summary>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="Rounds">Rounds trained.</param>
/// <param name="Samples">(user, item, label) triples trained on.</param>
/// <param name="Seconds">Seconds of training.</param>
/// <param name="Loss">The mean loss of the last epoch, in nats.</param>
/// <param name="BestEpoch">The epoch that ranked validation best so far, or null where that is not asked.</param>
/// <param name="BestScore">What it scored.</param>
public sealed record PhaseState(int Epochs, long Rounds, long Samples, double Seconds, double Loss, int? BestEpoch = null, double? BestScore = null)
{
    /// <summary>A phase before its first epoch.</summary>
    public static PhaseState Beginning { get; } = new(0, 0, 0, 0, 0);
}
