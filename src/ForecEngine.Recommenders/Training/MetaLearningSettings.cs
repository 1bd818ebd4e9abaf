// The settings of meta-learning.

namespace ForecEngine.Recommenders.Training;

/// <summary>Which samples a meta-learned model adapts to before it is scored.</summary>
public enum AdaptOn
{
    /// <summary>Validation candidates, which are then scored like the rest: what the released code does. It leaks.</summary>
    Valid,

    /// <summary>Validation candidates; the users whose candidates they are do not count in the validation score.</summary>
    ValidHeldOut,

    /// <summary>Training samples.</summary>
    Train,
}

/// <summary>How a model learns to adapt, and what it adapts to.</summary>
public sealed record MetaLearningSettings
{
    /// <summary>Samples of a support set, and of the batch that the adapted parameters are measured on.</summary>
    [JsonPropertyName("shots")]
    public int SupportSize { get; init; } = 20;

    /// <summary>The learning rate of the inner step.</summary>
    [JsonPropertyName("inner_rate")]
    public double InnerLearningRate { get; init; } = 0.1;

    /// <summary>Which samples a market's model adapts to before it is scored.</summary>
    public AdaptOn AdaptOn { get; init; } = AdaptOn.ValidHeldOut;
}
