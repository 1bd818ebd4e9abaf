// The settings of the samples: what a minibatch is made of.

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

/// <summary>How minibatches are drawn from markets' rows.</summary>
public sealed record SampleSettings
{
    /// <summary>Samples of a minibatch, negatives included.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Negatives for each positive.</summary>
    public int Negatives { get; init; } = 4;

    /// <summary>Whether each epoch draws its own negatives; if not, they are drawn once, before the first.</summary>
    public bool RedrawNegatives { get; init; } = true;

    /// <summary>Which of a user's rows give no negatives: in training, in support sets and in fine-tuning.</summary>
    public NegativesExclude NegativesExclude { get; init; } = NegativesExclude.Training;

    /// <summary>How several markets share the minibatches.</summary>
    public Sampling Sampling { get; init; } = Sampling.Equal;
}
