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

/// <summary>How likely an item is a negative.</summary>
public enum NegativeSampling
{
    /// <summary>Every item is equally likely.</summary>
    Uniform,

    /// <summary>An item with n training rows is likely in proportion to (n + 1)^0.75.</summary>
    Popularity,

    /// <summary>The negatives of a positive are the items of other positives in its minibatch.</summary>
    InBatch,
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

    /// <summary>How likely an item is a negative.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NegativeSampling NegativeSampling { get; init; }

    /// <summary>How several markets share the minibatches.</summary>
    public Sampling Sampling { get; init; } = Sampling.Equal;
}
