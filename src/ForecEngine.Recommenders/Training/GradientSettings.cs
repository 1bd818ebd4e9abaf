// The settings of gradient descent.

namespace ForecEngine.Recommenders.Training;

/// <summary>Which epoch's parameters a phase ends with.</summary>
public enum KeptEpoch
{
    /// <summary>The last one's.</summary>
    Last,

    /// <summary>Those of the epoch with the best nDCG@10 on validation, the first of equals.</summary>
    Best,
}

/// <summary>How long a phase descends, and how.</summary>
public sealed record GradientSettings
{
    /// <summary>Epochs of the phase.</summary>
    public int Epochs { get; init; } = 25;

    /// <summary>The L2 coefficient.</summary>
    public double L2 { get; init; } = 1e-7;

    /// <summary>Which rows of a table an Adam step moves.</summary>
    public AdamMode Adam { get; init; } = AdamMode.Dense;

    /// <summary>Which epoch's parameters the phase ends with.</summary>
    [JsonPropertyName("keep")]
    public KeptEpoch KeptEpoch { get; init; } = KeptEpoch.Last;
}
