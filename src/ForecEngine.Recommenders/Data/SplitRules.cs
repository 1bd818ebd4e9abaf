// How a market's rows are split. Leave one out, as Bonab et al. (CIKM 2021): a user's rows by (time, order in the file); the
// last positive is the test item, the positive before it validation, the rest is training.

namespace ForecEngine.Recommenders.Data;

/// <summary>What of each user's rows is kept out of training.</summary>
public enum HoldOut
{
    /// <summary>The last positive for test, the positive before it for validation.</summary>
    LastPositives,

    /// <summary>The last row for test, the row before it for validation, even if no positives: what the released code does.</summary>
    LastRows,

    /// <summary>Nothing: the market is trained on whole.</summary>
    None,
}

/// <summary>Which part of a market a row is in.</summary>
public enum RowSplit : byte
{
    /// <summary>It is trained on.</summary>
    Train,

    /// <summary>It is held out for validation.</summary>
    Valid,

    /// <summary>It is held out for test.</summary>
    Test,

    /// <summary>Its user has too few rows: it is in no part.</summary>
    LeftOut,
}

/// <summary>How a market's rows are split.</summary>
public sealed record SplitRules
{
    /// <summary>All rows of all users are trained on.</summary>
    public static SplitRules TrainOnAll { get; } = new() { HoldOut = HoldOut.None };

    /// <summary>What is held out.</summary>
    public HoldOut HoldOut { get; init; } = HoldOut.LastPositives;

    /// <summary>Whether a row is held out for test; if not, the last one is validation's.</summary>
    public bool Test { get; init; } = true;

    /// <summary>Users with fewer rows are left out: they are neither trained on nor evaluated, and get no row in the model.</summary>
    public int MinimumRows { get; init; } = 1;

    /// <summary>Of users with fewer rows nothing is held out: they are trained on whole and not evaluated.</summary>
    public int EvaluateFrom { get; init; } = 7;
}
