// Training stops where a number is no longer finite.

namespace ForecEngine.Recommenders.Training;

/// <summary>A NaN or an infinity appeared in training. The message is one line naming the step, the tensor and the last good checkpoint.</summary>
public sealed class DivergedException : Exception
{
    /// <summary>A divergence at a step of a phase.</summary>
    public DivergedException(string phase, int epoch, long step, string tensor)
        : base($"{phase}: {tensor} is not finite at step {step} (epoch {epoch})")
    {
    }

    /// <summary>The same divergence, with what was saved before it.</summary>
    /// <param name="divergence">What happened.</param>
    /// <param name="checkpoint">The last good checkpoint's file, or null before the first.</param>
    public DivergedException(DivergedException divergence, string? checkpoint)
        : base(
            $"{divergence.Message}; {(checkpoint is null ? "there is no checkpoint yet" : $"the last good checkpoint is {checkpoint}")}",
            divergence)
    {
    }
}
