// How item bags are trained (Models/ItemBag.cs).

namespace ForecEngine.Recommenders.Training;

/// <summary>
/// Training of an item bag. In each epoch, every user with two items or more is a sample. One item of the user is hidden, and the others
/// predict it in a softmax over the items of the market.
/// </summary>
/// <param name="Dimension">The dimension of the vectors.</param>
/// <param name="BatchSize">The users of a minibatch, who are of one market.</param>
/// <param name="LearningRate">The learning rate of Adam.</param>
/// <param name="Dropout">The probability that an item of a history is left out.</param>
public sealed record ItemBagFit(int Dimension = 128, int BatchSize = 128, double LearningRate = 0.003, double Dropout = 0.5)
    : Fit, IHistoryFit
{
    /// <summary>A number that distinguishes the draws of several bags.</summary>
    public int Member { get; init; } = 1;

    /// <summary>The standard deviation of initial item vectors.</summary>
    public double StandardDeviation { get; init; } = 0.1;

    /// <summary>The weights of a user's items.</summary>
    public Recency Recency { get; init; } = new(0.8, 0.1);

    /// <summary>The settings of gradient descent. L2 does not apply to biases.</summary>
    public GradientSettings Gradient { get; init; } = new()
    {
        Epochs = 24,
        L2 = 5e-5,
        Adam = AdamMode.Lazy,
        Schedule = RateShape.Linear,
        DecayStart = 0.5,
        FinalRate = 0.05,
    };

    /// <inheritdoc/>
    public override int Epochs => Gradient.Epochs;

    internal override IFitting Begin(
        PhaseGround ground, Phase phase, IReadOnlyDictionary<string, IFittedModel> earlier, int firstEpoch) =>
        new ItemBagFitting(ground, phase, this);
}
