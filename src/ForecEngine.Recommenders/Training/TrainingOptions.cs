// The numbers of training, as data: what a preset sets and an option of the tool overrides.

using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>How several markets share the minibatches.</summary>
public enum Sampling
{
    /// <summary>A minibatch of each market in turn until the longest has been seen; shorter ones start over.</summary>
    Equal,

    /// <summary>All markets' samples as one.</summary>
    Concat,

    /// <summary>As equal, with only those rows of a source whose items the target has.</summary>
    Sel,
}

/// <summary>Which parameters a phase ends with.</summary>
public enum Keep
{
    /// <summary>Those after the last epoch.</summary>
    Last,

    /// <summary>Those of the epoch with the best nDCG@10 on validation, the first of equals.</summary>
    Best,
}

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

/// <summary>The numbers of training, all of which determine a result.</summary>
public sealed record TrainingOptions
{
    /// <summary>Epochs of each phase.</summary>
    public int Epochs { get; init; } = 25;

    /// <summary>Samples of a minibatch, negatives included.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Negatives for each positive.</summary>
    public int Negatives { get; init; } = 4;

    /// <summary>Whether each epoch draws its own negatives; if not, they are drawn once, before the first.</summary>
    public bool RedrawNegatives { get; init; } = true;

    /// <summary>Which of a user's rows give no negatives: in training, among shots and in fine-tuning.</summary>
    public NegativesExclude NegativesExclude { get; init; } = NegativesExclude.Training;

    /// <summary>How several markets share the minibatches.</summary>
    public Sampling Sampling { get; init; } = Sampling.Equal;

    /// <summary>The learning rate of every phase, or null for the method's own: 0.005 for gmf, 0.01 for mlp and nmf.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The L2 coefficient.</summary>
    public double L2 { get; init; } = 1e-7;

    /// <summary>Which rows of a table an Adam step moves.</summary>
    public AdamMode Adam { get; init; } = AdamMode.Dense;

    /// <summary>The embeddings' dimension.</summary>
    public int Dimension { get; init; } = 8;

    /// <summary>The MLP's widths, the first of them twice the dimension.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [16, 64, 32, 16, 8];

    /// <summary>The standard deviation of initial embedding vectors.</summary>
    public double EmbeddingDeviation { get; init; } = 1;

    /// <summary>Whether nmf takes the biases of mlp's layers along with their weights.</summary>
    public bool TransferBiases { get; init; } = true;

    /// <summary>Which parameters a phase ends with.</summary>
    public Keep Keep { get; init; } = Keep.Last;

    /// <summary>Meta-learning: samples of an adaptation batch, and of the batch that the adapted parameters are measured on.</summary>
    public int Shots { get; init; } = 20;

    /// <summary>Meta-learning: the learning rate of the inner step.</summary>
    public double InnerRate { get; init; } = 0.1;

    /// <summary>Meta-learning: which samples a market's model adapts to before it is scored.</summary>
    public AdaptOn AdaptOn { get; init; } = AdaptOn.ValidHeldOut;

    /// <summary>Forking: the widths of a market's head, the first of them its input; empty for no head.</summary>
    public IReadOnlyList<int> Head { get; init; } = [16, 32, 16];

    /// <summary>Forking: how many of the MLP's layers, from the last, are trained on.</summary>
    public int Unfreeze { get; init; } = 3;

    /// <summary>Forking: whether the output layer starts as the parent's rather than at random; the head then ends as wide as it begins.</summary>
    public bool KeepOutput { get; init; }

    /// <summary>Forking: epochs of fine-tuning, or null for <see cref="Epochs"/>.</summary>
    public int? FineTuneEpochs { get; init; }

    /// <summary>Forking: samples of a minibatch in fine-tuning.</summary>
    public int FineTuneBatchSize { get; init; } = 20;

    /// <summary>Forking: the L2 coefficient in fine-tuning.</summary>
    public double FineTuneL2 { get; init; } = 1e-3;

    /// <summary>Forking: what fine-tuning minimises.</summary>
    public RatingLoss FineTuneLoss { get; init; } = RatingLoss.Bce;

    /// <summary>Dual transfer: the numbers of ddtcdr.</summary>
    public DdtcdrOptions Ddtcdr { get; init; } = new();

    /// <summary>Whether <paramref name="other"/> holds the same numbers, the widths compared one by one.</summary>
    public bool Equals(TrainingOptions? other) =>
        other is not null && Layers.SequenceEqual(other.Layers) && Head.SequenceEqual(other.Head)
        && Training.Equals(other.Training) && Adaptation.Equals(other.Adaptation) && Ddtcdr == other.Ddtcdr;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Training, Adaptation, Ddtcdr);

    private (int, int, int, bool, NegativesExclude, Sampling, double?, (double, AdamMode, int, double, bool, Keep)) Training =>
        (Epochs, BatchSize, Negatives, RedrawNegatives, NegativesExclude, Sampling, LearningRate,
            (L2, Adam, Dimension, EmbeddingDeviation, TransferBiases, Keep));

    private (int, double, AdaptOn, int, bool, (int?, int, double, RatingLoss)) Adaptation =>
        (Shots, InnerRate, AdaptOn, Unfreeze, KeepOutput, (FineTuneEpochs, FineTuneBatchSize, FineTuneL2, FineTuneLoss));
}
