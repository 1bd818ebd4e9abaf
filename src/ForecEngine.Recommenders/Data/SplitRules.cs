// The rules for splitting a market's rows. Leave-one-out as in Bonab et al. (CIKM 2021) sorts a user's rows by (time, order in the file):
// the last positive is the test item, the positive before it the validation item, and the other rows are for training. Other papers use a
// random order instead (RandomRowOrder.cs).

namespace ForecEngine.Recommenders.Data;

/// <summary>The order of a user's rows in which the last ones are held out.</summary>
public enum RowOrder
{
    /// <summary>By time, then by the order in the file.</summary>
    Time,

    /// <summary>At random, by <see cref="SplitRules.SplitSeed"/>. The rows need no times.</summary>
    Random,
}

/// <summary>Which of a user's rows are held out of training.</summary>
public enum HoldOut
{
    /// <summary>The last positive for test, the positive before it for validation.</summary>
    LastPositives,

    /// <summary>The last row for test, the row before it for validation, positive or not, as in the paper's released code.</summary>
    LastRows,

    /// <summary>No row.</summary>
    None,
}

/// <summary>The part of the split that a row is in.</summary>
public enum RowSplit : byte
{
    /// <summary>Training.</summary>
    Train,

    /// <summary>Validation.</summary>
    Valid,

    /// <summary>Test.</summary>
    Test,

    /// <summary>None, because its user has too few rows, or because only a fraction of the training rows is kept.</summary>
    LeftOut,
}

/// <summary>The rules for splitting a market's rows.</summary>
public sealed record SplitRules
{
    /// <summary>The default of <see cref="SplitSeed"/>.</summary>
    public const ulong DefaultSplitSeed = 42;

    /// <summary>All rows are for training.</summary>
    public static SplitRules TrainOnAll { get; } = new() { HoldOut = HoldOut.None };

    /// <summary>The order in which the last rows are held out.</summary>
    public RowOrder Order { get; init; }

    /// <summary>
    /// The seed of a random order, and of the rows that a fraction keeps. It is not the seed of training, so that runs with several seeds
    /// train on and rank the same rows.
    /// </summary>
    public ulong SplitSeed { get; init; } = DefaultSplitSeed;

    /// <summary>Which rows are held out.</summary>
    public HoldOut HoldOut { get; init; } = HoldOut.LastPositives;

    /// <summary>Whether a row is held out for test. If not, the last eligible row is for validation.</summary>
    public bool Test { get; init; } = true;

    /// <summary>Users with fewer rows are left out: they are neither trained on nor evaluated, and get no row in the model.</summary>
    public int MinimumRows { get; init; } = 1;

    /// <summary>No row is held out of users with fewer rows: all their rows are for training, and they are not evaluated.</summary>
    public int EvaluateFrom { get; init; } = 7;

    /// <summary>The fraction of the training rows that is kept (<see cref="TrainingSubset"/>).</summary>
    public double TrainingFraction { get; init; } = 1;

    /// <summary>Whether the split depends on <see cref="SplitSeed"/>.</summary>
    internal bool UsesSeed => Order == RowOrder.Random || TrainingFraction < 1;
}
