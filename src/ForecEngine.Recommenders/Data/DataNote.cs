// A note on the data that a reader needs to interpret a result: what is left out, how much of it, and why.

namespace ForecEngine.Recommenders.Data;

/// <summary>What a note is about.</summary>
public enum NoteKind
{
    /// <summary>Users who are left out, having fewer rows than <see cref="SplitRules.MinimumRows"/>.</summary>
    UsersLeftOut,

    /// <summary>Users who are trained on but not evaluated, having fewer rows than <see cref="SplitRules.EvaluateFrom"/>.</summary>
    UsersNotEvaluated,

    /// <summary>Users with enough rows but no positive to hold out, or no other row to train on.</summary>
    UsersWithoutHeldOut,

    /// <summary>No user is evaluated.</summary>
    NotEvaluated,

    /// <summary>Ratings that may have been scaled: all lie between 0 and 1, so that few reach 1 and count as positives.</summary>
    ScaledRatings,

    /// <summary>Users with fewer sampled candidates than requested.</summary>
    FewNegatives,

    /// <summary>Judged items that are also among their user's training rows.</summary>
    JudgedInTraining,

    /// <summary>Users that the model has no row for.</summary>
    UnknownUsers,

    /// <summary>Items that the model has no row for.</summary>
    UnknownItems,

    /// <summary>Rows that differ from those the model was trained on.</summary>
    OtherRows,

    /// <summary>Rows of a market that was a source of the model, all of whose rows were trained on.</summary>
    HeldOutInTraining,

    /// <summary>Users whose held-out items are ranked among other candidates than in training.</summary>
    OtherCandidates,

    /// <summary>Users whose held-out items are ranked among sampled items only, because they and the items are too many.</summary>
    NotRankedAmongAll,

    /// <summary>Users who lose all their training rows by <see cref="SplitRules.TrainingFraction"/>.</summary>
    UsersWithoutRows,
}

/// <summary>A note on the data.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Market">The market.</param>
/// <param name="Count">How many users, items or rows it concerns.</param>
/// <param name="Of">How many there are in total.</param>
/// <param name="Text">The note as a sentence, without the market's name.</param>
public sealed record DataNote(NoteKind Kind, string Market, int Count, int Of, string Text);
