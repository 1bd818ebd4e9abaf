// The settings of training, as data: what a preset sets and an option of the tool overrides. A plan hands each phase the
// parts that concern it.

namespace ForecEngine.Recommenders.Training;

/// <summary>The settings of an experiment, all of which determine a result. As JSON they are one flat object.</summary>
[JsonConverter(typeof(FlatSettings))]
public sealed record TrainingSettings
{
    /// <summary>The learning rate of every phase, or null for the method's own: 0.005 for gmf, 0.01 for mlp and nmf.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The model's sizes and initial values.</summary>
    public ModelSettings Model { get; init; } = new();

    /// <summary>How minibatches are drawn.</summary>
    public SampleSettings Samples { get; init; } = new();

    /// <summary>How long and how a phase descends.</summary>
    public GradientSettings Gradient { get; init; } = new();

    /// <summary>The settings of meta-learning.</summary>
    public MetaLearningSettings MetaLearning { get; init; } = new();

    /// <summary>The settings of a market's fork.</summary>
    public ForkSettings Fork { get; init; } = new();
}
