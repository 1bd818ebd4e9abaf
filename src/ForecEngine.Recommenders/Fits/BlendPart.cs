// A part of a blend (Blend.cs). Its feature is the score, or ln(max(score, 0) + epsilon) for parts whose scores are counts or sums of
// similarities.

namespace ForecEngine.Recommenders.Fits;

/// <summary>A part of a blend.</summary>
/// <param name="Key">The key of the part's phase.</param>
/// <param name="Weight">The weight before any choice of a user is known, and in a fitted blend the fitted one.</param>
/// <param name="Epsilon">The number added before the logarithm; null for the score itself.</param>
public sealed record BlendPart(string Key, double Weight, double? Epsilon = null)
{
    /// <summary>The feature of a score.</summary>
    internal double Feature(Real score) => Epsilon is { } epsilon ? Math.Log(Math.Max(score, 0) + epsilon) : score;
}
