// The settings of gradient descent.

namespace ForecEngine.Recommenders.Training;

/// <summary>The epoch whose parameters are kept.</summary>
public enum KeptEpoch
{
    /// <summary>The last epoch.</summary>
    Last,

    /// <summary>The epoch with the best nDCG@10 on validation, the first among equals.</summary>
    Best,
}

/// <summary>The settings of gradient descent.</summary>
public sealed record GradientSettings
{
    /// <summary>Epochs of the phase.</summary>
    public int Epochs { get; init; } = 25;

    /// <summary>The L2 coefficient.</summary>
    public double L2 { get; init; } = 1e-7;

    /// <summary>The table rows that a step of Adam updates.</summary>
    public AdamMode Adam { get; init; } = AdamMode.Dense;

    /// <summary>The epoch whose parameters are kept.</summary>
    [JsonPropertyName("keep")]
    public KeptEpoch KeptEpoch { get; init; } = KeptEpoch.Last;
}
