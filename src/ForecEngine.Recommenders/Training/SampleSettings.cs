// The settings of samples and minibatches.

namespace ForecEngine.Recommenders.Training;

/// <summary>How several markets share the minibatches.</summary>
public enum Sampling
{
    /// <summary>One minibatch of each market in turn, until the longest market is complete; shorter ones start over.</summary>
    Equal,

    /// <summary>The samples of all markets mixed.</summary>
    Concat,

    /// <summary>Like equal, with only those source rows whose items the target has.</summary>
    Sel,
}

/// <summary>How minibatches are drawn from the rows of markets.</summary>
public sealed record SampleSettings
{
    /// <summary>Samples of a minibatch, negatives included.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Negatives for each positive.</summary>
    public int Negatives { get; init; } = 4;

    /// <summary>Whether negatives are drawn anew in each epoch; if not, they are drawn once before the first.</summary>
    public bool RedrawNegatives { get; init; } = true;

    /// <summary>The rows of a user whose items are never negatives, in training, support sets and fine-tuning.</summary>
    public NegativesExclude NegativesExclude { get; init; } = NegativesExclude.Training;

    /// <summary>How several markets share the minibatches.</summary>
    public Sampling Sampling { get; init; } = Sampling.Equal;
}
