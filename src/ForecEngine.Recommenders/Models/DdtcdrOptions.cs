// The settings of DDTCDR, which a preset sets and options of the tool override.

namespace ForecEngine.Recommenders.Models;

/// <summary>The settings of DDTCDR (Li and Tuzhilin, WSDM 2020).</summary>
public sealed record DdtcdrOptions
{
    /// <summary>a, the weight of the other market's network in a score and in the loss.</summary>
    public double Alpha { get; init; } = 0.03;

    /// <summary>Whether the other network's loss has a gradient; the released code adds this loss without its gradient.</summary>
    public bool CrossGradient { get; init; } = true;

    /// <summary>
    /// The learning rate of its plain gradient descent, null for 0.01. A rate that suits Adam in other phases is too small for it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LearningRate { get; init; }

    /// <summary>The loss.</summary>
    public RatingLoss Loss { get; init; } = RatingLoss.Bce;

    /// <summary>The probability that a hidden unit is dropped in training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether dropout also applies in scoring, as in the released code.</summary>
    public bool DropoutInScoring { get; init; }

    /// <summary>The coefficient of sum |W W' - I| over a bridge W.</summary>
    public double Orthogonality { get; init; } = 1e-6;
}
