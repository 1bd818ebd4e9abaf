// The error that ends a training whose numbers are no longer finite.

namespace ForecEngine.Recommenders.Training;

/// <summary>A number became NaN or infinite. The message is one line with the step, the tensor and the last good checkpoint.</summary>
public sealed class DivergedException : ForecException
{
    /// <summary>A divergence at a step of a phase.</summary>
    public DivergedException(string phase, int epoch, long step, string tensor)
        : base($"{phase}: {tensor} is not finite at step {step} (epoch {epoch})")
    {
    }

    /// <summary>Adds the last checkpoint to the message.</summary>
    /// <param name="divergence">The divergence.</param>
    /// <param name="checkpoint">The file of the last good checkpoint; null if there is none.</param>
    public DivergedException(DivergedException divergence, string? checkpoint)
        : base(
            $"{divergence.Message}; {(checkpoint is null ? "there is no checkpoint yet" : $"the last good checkpoint is {checkpoint}")}",
            divergence)
    {
    }
}
