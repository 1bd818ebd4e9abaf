// What training says while it runs.

namespace ForecEngine.Recommenders.Training;

/// <summary>Where a phase stands after a minibatch.</summary>
/// <param name="Phase">The phase: <c>gmf++</c>.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">How many there are.</param>
/// <param name="EpochFraction">How much of the epoch is done, 0 to 1.</param>
/// <param name="Samples">Samples trained on in this phase.</param>
/// <param name="Seconds">Seconds of training in this phase, sampling included.</param>
/// <param name="Loss">The mean loss of the epoch so far, in nats; NaN where nothing is trained.</param>
public readonly record struct TrainingProgress(
    string Phase, int Epoch, int Epochs, double EpochFraction, long Samples, double Seconds, double Loss)
{
    /// <summary>All phases of the run; null where the phase stands alone.</summary>
    public TrainingSchedule? Schedule { get; init; }

    /// <summary>Which of the schedule's phases this is, from 0.</summary>
    public int Place { get; init; }

    /// <summary>Samples trained on in a second.</summary>
    public double SamplesPerSecond => Seconds > 0 ? Samples / Seconds : 0;

    /// <summary>How much of the phase is done, 0 to 1.</summary>
    public double PhaseFraction => (Epoch - 1 + EpochFraction) / Epochs;
}
