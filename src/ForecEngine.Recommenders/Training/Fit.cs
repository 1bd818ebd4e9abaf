// How the model of a phase is fitted to the rows of its markets.

namespace ForecEngine.Recommenders.Training;

/// <summary>How a model is fitted to the rows of markets. The properties of a fit are part of the record.</summary>
[JsonConverter(typeof(ByType<Fit>))]
public abstract record Fit
{
    /// <summary>The number of epochs; 0 for fits without epochs.</summary>
    [JsonIgnore]
    public virtual int Epochs => 0;

    /// <summary>The loss by which the vectors of new users are fitted, if the model has any.</summary>
    internal virtual RatingLoss FoldInLoss => RatingLoss.Bce;

    /// <summary>Prepares a phase.</summary>
    internal abstract IFitting Begin(PhaseGround ground, Phase phase, IReadOnlyDictionary<string, IFittedModel> earlier, int firstEpoch);
}

/// <summary>A fit without epochs, such as counting or solving.</summary>
public abstract record ClosedFit : Fit
{
    /// <summary>Whether the model depends on which of the markets is the target.</summary>
    [JsonIgnore]
    public virtual bool IsForTarget => false;

    /// <summary>Fits the model, with the same bits on any number of threads.</summary>
    /// <param name="input">The markets and everything else that a fit may use.</param>
    public abstract IFittedModel Make(FitInput input);

    internal override IFitting Begin(
        PhaseGround ground, Phase phase, IReadOnlyDictionary<string, IFittedModel> earlier, int firstEpoch) =>
        new ClosedFitting(ground, phase, this, earlier);
}

/// <summary>What a closed-form fit may use.</summary>
/// <param name="Markets">The markets of the phase, with the rows of their users and items.</param>
/// <param name="Target">The market that the model is for.</param>
/// <param name="Tables">All users and items, by row.</param>
/// <param name="Device">The device.</param>
/// <param name="Threads">The number of threads of the host.</param>
/// <param name="Seed">The seed of random draws.</param>
public sealed record FitInput(
    IReadOnlyList<PlacedMarket> Markets, PlacedMarket Target, TableIds Tables, IDevice Device, int Threads = 1, ulong Seed = 0)
{
    /// <summary>The models of earlier phases, by <see cref="Phase.Key"/>.</summary>
    public IReadOnlyDictionary<string, IFittedModel> Earlier { get; init; } = new Dictionary<string, IFittedModel>();
}

/// <summary>Gradient descent on minibatches.</summary>
/// <param name="Model">The model's sizes and initial values.</param>
/// <param name="Initialiser">Creates the initial model, which may copy parts of earlier phases' models.</param>
/// <param name="LearningRate">The optimiser's learning rate.</param>
/// <param name="Gradient">The settings of gradient descent.</param>
/// <param name="Samples">How minibatches are drawn.</param>
public record GradientFit(
    ModelSettings Model, Initialiser Initialiser, double LearningRate, GradientSettings Gradient, SampleSettings Samples) : Fit
{
    /// <inheritdoc/>
    public override int Epochs => Gradient.Epochs;

    /// <summary>The optimiser.</summary>
    public OptimiserChoice Optimiser { get; init; } = OptimiserChoice.Adam;

    /// <summary>The loss. Meta-learning always minimises binary cross-entropy.</summary>
    public RatingLoss Loss { get; init; } = RatingLoss.Bce;

    // Fold-in fits users by independent samples, so that cross-entropy replaces a loss that compares items.
    internal override RatingLoss FoldInLoss => Loss.ComparesItems() ? RatingLoss.Bce : Loss;

    /// <summary>Whether a positive and its negatives stay together in minibatches.</summary>
    [JsonIgnore]
    public bool NeedsGroups =>
        Loss.NeedsGroups() || (Loss != RatingLoss.Softmax && Samples.NegativeSampling == NegativeSampling.InBatch);

    /// <summary>Whether this phase redraws negatives that are otherwise drawn once for all phases.</summary>
    public bool DrawsOwnNegatives { get; init; }

    internal override IFitting Begin(
        PhaseGround ground, Phase phase, IReadOnlyDictionary<string, IFittedModel> earlier, int firstEpoch) =>
        new GradientFitting(ground, phase, this, earlier, firstEpoch);
}

/// <summary>Meta-learning over the markets; the model adapts to the target before it is scored.</summary>
/// <param name="Model">The model's sizes and initial values.</param>
/// <param name="Initialiser">Creates the initial model, which may copy parts of earlier phases' models.</param>
/// <param name="LearningRate">The learning rate of the outer step.</param>
/// <param name="Gradient">The settings of gradient descent.</param>
/// <param name="Samples">How minibatches are drawn; their size is that of the support set.</param>
/// <param name="MetaLearning">The support set and the inner step.</param>
public sealed record MetaFit(
    ModelSettings Model, Initialiser Initialiser, double LearningRate, GradientSettings Gradient, SampleSettings Samples,
    MetaLearningSettings MetaLearning)
    : GradientFit(Model, Initialiser, LearningRate, Gradient, Samples with { BatchSize = MetaLearning.SupportSize })
{
    /// <summary>The rule of a visit to a market.</summary>
    [JsonIgnore]
    public MetaLearner Learner { get; init; } = MetaLearner.Maml;

    /// <summary>The learner's name, for records.</summary>
    public string Method => Learner.Name;
}
