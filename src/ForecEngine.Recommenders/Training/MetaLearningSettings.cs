// The settings of meta-learning.

namespace ForecEngine.Recommenders.Training;

/// <summary>Which samples a meta-learned model adapts to before it is scored.</summary>
public enum AdaptOn
{
    /// <summary>Validation candidates, also scored afterwards, like the released code. This leaks validation labels.</summary>
    Valid,

    /// <summary>Validation candidates, whose users are left out of the validation metrics.</summary>
    ValidHeldOut,

    /// <summary>Training samples.</summary>
    Train,
}

/// <summary>The settings of meta-learning and adaptation.</summary>
public sealed record MetaLearningSettings
{
    /// <summary>
    /// The number of samples of a support set, and of a query set. A market with fewer training samples gives all of them.
    /// </summary>
    [JsonPropertyName("shots")]
    public int SupportSize { get; init; } = 20;

    /// <summary>The learning rate of the inner step.</summary>
    [JsonPropertyName("inner_rate")]
    public double InnerLearningRate { get; init; } = 0.1;

    /// <summary>The samples to which a model adapts before it is scored.</summary>
    public AdaptOn AdaptOn { get; init; } = AdaptOn.ValidHeldOut;
}
