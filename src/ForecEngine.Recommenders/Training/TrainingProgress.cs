// A report of training while it runs.

namespace ForecEngine.Recommenders.Training;

/// <summary>The progress of a phase.</summary>
/// <param name="Phase">The phase, such as <c>gmf++</c>.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="EpochFraction">The fraction of the epoch that is done.</param>
/// <param name="Samples">The number of samples in this phase so far.</param>
/// <param name="Seconds">The seconds of training and sampling in this phase so far.</param>
/// <param name="Loss">The mean loss of the epoch so far, in nats; NaN if the phase is not trained.</param>
public readonly record struct TrainingProgress(
    string Phase, int Epoch, int Epochs, double EpochFraction, long Samples, double Seconds, double Loss)
{
    /// <summary>All phases of the run; null for a phase outside a run.</summary>
    public TrainingSchedule? Schedule { get; init; }

    /// <summary>The index of the phase in the schedule.</summary>
    public int Place { get; init; }

    /// <summary>The number of samples a second.</summary>
    public double SamplesPerSecond => Seconds > 0 ? Samples / Seconds : 0;

    /// <summary>The fraction of the phase that is done.</summary>
    public double PhaseFraction => (Epoch - 1 + EpochFraction) / Epochs;
}
