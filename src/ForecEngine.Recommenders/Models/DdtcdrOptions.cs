// The numbers of DDTCDR, as data: what a preset sets and an option of the tool overrides.

namespace ForecEngine.Recommenders.Models;

/// <summary>The numbers of DDTCDR (Li and Tuzhilin, WSDM 2020), all of which determine a result.</summary>
public sealed record DdtcdrOptions
{
    /// <summary>a, the weight of the other market's network in a score, and of its loss.</summary>
    public double Alpha { get; init; } = 0.03;

    /// <summary>Whether the other network's loss moves it and its bridge; the released code adds that loss without its gradient.</summary>
    public bool CrossGradient { get; init; } = true;

    /// <summary>What is minimised.</summary>
    public RatingLoss Loss { get; init; } = RatingLoss.Bce;

    /// <summary>The probability of a hidden unit being dropped in training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether units are dropped in scoring too, as the released code does.</summary>
    public bool DropoutInScoring { get; init; }

    /// <summary>The coefficient of sum |W W' - I| over a bridge W.</summary>
    public double Orthogonality { get; init; } = 1e-6;
}
