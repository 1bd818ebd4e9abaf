// A note on the data that a reader needs to interpret a result: who or what is missing, how many, and why.

namespace ForecEngine.Recommenders.Data;

/// <summary>What a note is about.</summary>
public enum NoteKind
{
    /// <summary>Users with too few rows, who are left out (<see cref="SplitRules.MinimumRows"/>).</summary>
    UsersLeftOut,

    /// <summary>Users with too few rows, who are trained on but not evaluated (<see cref="SplitRules.EvaluateFrom"/>).</summary>
    UsersNotEvaluated,

    /// <summary>Users with enough rows of whom nothing could be held out: they have no positive, or nothing else to train on.</summary>
    UsersWithoutHeldOut,

    /// <summary>Nobody is evaluated.</summary>
    NotEvaluated,

    /// <summary>Ratings that look scaled: they lie in 0..1, and few are a positive.</summary>
    ScaledRatings,

    /// <summary>Users with fewer negatives among their candidates than asked for.</summary>
    FewNegatives,

    /// <summary>Judged items that are among their user's training rows.</summary>
    JudgedInTraining,

    /// <summary>Users that a model has no row for.</summary>
    UnknownUsers,

    /// <summary>Items that a model has no row for.</summary>
    UnknownItems,

    /// <summary>Rows other than those that a model was trained on.</summary>
    OtherRows,
}

/// <summary>Something that must be known of the data.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Market">The market.</param>
/// <param name="Count">How many users, items or rows it concerns.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Text">The note as a sentence, without the market's name.</param>
public sealed record DataNote(NoteKind Kind, string Market, int Count, int Of, string Text);
