// The settings of training. A preset sets them and options of the tool override them. A plan gives each phase the parts that it uses.

namespace ForecEngine.Recommenders.Training;

/// <summary>The settings of an experiment, all of which determine a result. As JSON they are one flat object.</summary>
[JsonConverter(typeof(FlatSettings))]
public sealed record TrainingSettings
{
    /// <summary>
    /// The learning rate of every phase with Adam; null for the defaults of the method: 0.005 for gmf, 0.01 for mlp and nmf.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>The loss; null for the default of the method: bpr for bpr-mf, binary cross-entropy for the others.</summary>
    public RatingLoss? Loss { get; init; }

    /// <summary>
    /// The number of trainings with draws of their own, whose scores are averaged; null for the default of the method: 3 item bags for
    /// forec+, 1 for the others. It has no effect on closed-form fits.
    /// </summary>
    public int? AverageSeeds { get; init; }

    /// <summary>The sizes and initial values of the model.</summary>
    public ModelSettings Model { get; init; } = new();

    /// <summary>How minibatches are drawn.</summary>
    public SampleSettings Samples { get; init; } = new();

    /// <summary>The settings of gradient descent.</summary>
    public GradientSettings Gradient { get; init; } = new();

    /// <summary>The settings of meta-learning.</summary>
    public MetaLearningSettings MetaLearning { get; init; } = new();

    /// <summary>The settings of forks.</summary>
    public ForkSettings Fork { get; init; } = new();

    /// <summary>The settings of histories.</summary>
    public HistorySettings History { get; init; } = new();

    /// <summary>
    /// A preset's settings for a plan. The sampling of a preset is that of gradient descent; statistics of items are better with all rows
    /// of the sources, so that a plan without gradient descent has <see cref="Sampling.Equal"/>.
    /// </summary>
    public TrainingSettings For(Plan plan) => plan.Phases.Any(phase => phase.Fit is GradientFit)
        ? this
        : this with { Samples = Samples with { Sampling = Sampling.Equal } };
}
