// How a phase's model comes to be from its markets' rows, as data.

using System.Text.Json.Serialization;
using ForecEngine.Recommenders.Adaptation;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>How a model comes to be from markets' rows. Its properties are all that bears on the result.</summary>
public abstract record Fit
{
    /// <summary>How many epochs it has.</summary>
    [JsonIgnore]
    public abstract int Epochs { get; }
}

/// <summary>Gradient descent on minibatches.</summary>
/// <param name="LearningRate">The optimiser's learning rate.</param>
/// <param name="Gradient">How long it descends, and how.</param>
/// <param name="Samples">How minibatches are drawn.</param>
public record GradientFit(double LearningRate, GradientSettings Gradient, SampleSettings Samples) : Fit
{
    /// <inheritdoc/>
    public override int Epochs => Gradient.Epochs;

    /// <summary>What moves the parameters.</summary>
    public OptimiserChoice Optimiser { get; init; } = OptimiserChoice.Adam;

    /// <summary>What is minimised.</summary>
    public RatingLoss Loss { get; init; } = RatingLoss.Bce;

    /// <summary>Whether negatives that are drawn once are drawn anew for this phase, rather than shared with the phases before it.</summary>
    public bool DrawsOwnNegatives { get; init; }
}

/// <summary>Meta-learning over the markets; the model adapts to the target before it is scored.</summary>
/// <param name="LearningRate">The learning rate of the outer step.</param>
/// <param name="Gradient">How long it descends, and how.</param>
/// <param name="Samples">How minibatches are drawn; their size is that of the support set.</param>
/// <param name="MetaLearning">The support set and the inner step.</param>
public sealed record MetaFit(double LearningRate, GradientSettings Gradient, SampleSettings Samples, MetaLearningSettings MetaLearning)
    : GradientFit(LearningRate, Gradient, Samples with { BatchSize = MetaLearning.SupportSize })
{
    /// <summary>What a visit to a market does.</summary>
    [JsonIgnore]
    internal MetaLearner Learner { get; init; } = new Maml();

    /// <summary>The learner's name, for records.</summary>
    public string Method => Learner.GetType().Name;
}
