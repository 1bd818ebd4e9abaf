// Training stops where a number is no longer finite.

namespace ForecEngine.Recommenders.Training;

/// <summary>A NaN or an infinity appeared in training. The message is one line naming the step and the tensor.</summary>
public sealed class DivergedException : Exception
{
    /// <summary>A divergence at a step of a phase.</summary>
    public DivergedException(string phase, int epoch, long step, string tensor)
        : base($"{phase}: {tensor} is not finite at step {step} (epoch {epoch}); a smaller --learning-rate may help")
    {
    }
}
