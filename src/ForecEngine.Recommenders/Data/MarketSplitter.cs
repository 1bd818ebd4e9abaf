// Splits a market's rows user by user, and counts users for the notes.

using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Data;

/// <param name="ratings">The rows.</param>
/// <param name="rules">How to split them.</param>
/// <param name="withheld">Whether each row is left out of training although it is not held out; null if none is.</param>
internal sealed class MarketSplitter(Ratings ratings, SplitRules rules, bool[]? withheld = null)
{
    private const string OnlyTrainedOn = "they are trained on but not evaluated";
    private const string StillEvaluated = "they keep a row in the model and are evaluated as before";
    private const string NothingToHoldOut = "no positive to hold out, or no other row to train on";

    private readonly UserItems? _trained = rules.HoldOut == HoldOut.None && withheld is null ? null : new();
    private readonly List<int> _train = []; // the current user's training rows
    private readonly List<int> _known = []; // the current user's rows that are left out of training
    private readonly RandomRowOrder? _random = rules.Order == RowOrder.Random ? new(ratings, rules.SplitSeed) : null;
    private readonly RowSplit[] _parts = rules.Test ? [RowSplit.Test, RowSplit.Valid] : [RowSplit.Valid];
    private int _short;
    private int _withoutHeldOut;
    private int _withoutRows;

    public IdTable Users { get; } = new();

    public List<int> TrainUsers { get; } = [];

    public List<int> TrainItems { get; } = [];

    public List<float> TrainLabels { get; } = [];

    public List<HeldOutRow> Valid { get; } = [];

    public List<HeldOutRow> Test { get; } = [];

    /// <summary>The part of the split that each row is in, in the order of the ratings.</summary>
    public RowSplit[] Splits { get; } = new RowSplit[ratings.Count];

    /// <summary>The items of all of a user's rows.</summary>
    public UserItems Seen { get; } = new();

    /// <summary>The items of a user's training rows; the same table as <see cref="Seen"/> if nothing is held out.</summary>
    public UserItems Trained => _trained ?? Seen;

    /// <summary>The items of a user's rows that are left out of training; null if there are none.</summary>
    public UserItems? Withheld { get; } = withheld is null ? null : new();

    /// <summary>Splits a user's rows.</summary>
    /// <param name="original">The user's index in the ratings.</param>
    /// <param name="rows">The user's rows by time, or in the order of the file if they have no times.</param>
    public void Add(int original, ReadOnlySpan<int> rows)
    {
        if (rows.Length < rules.MinimumRows)
        {
            foreach (int row in rows)
                Splits[row] = RowSplit.LeftOut;
            return;
        }

        int user = Users.Add(ratings.Users.Utf8(original));
        if (rules.HoldOut != HoldOut.None)
            HoldOutOf(_random is null ? rows : _random.Of(original, rows));
        _train.Clear();
        _known.Clear();
        foreach (int row in rows)
        {
            if (withheld?[row] == true)
            {
                Splits[row] = RowSplit.LeftOut;
                _known.Add(row);
                continue;
            }

            if (Splits[row] != RowSplit.Train)
            {
                HeldOutRow held = new(user, ratings.ItemOf[row], Label(row)) { TrainedBefore = _train.Count };
                (Splits[row] == RowSplit.Test ? Test : Valid).Add(held);
                continue;
            }

            _train.Add(row);
            TrainUsers.Add(user);
            TrainItems.Add(ratings.ItemOf[row]);
            TrainLabels.Add(Label(row));
        }

        Seen.Add(rows, ratings.ItemOf);
        _trained?.Add(CollectionsMarshal.AsSpan(_train), ratings.ItemOf);
        Withheld?.Add(CollectionsMarshal.AsSpan(_known), ratings.ItemOf);
        _withoutRows += _train.Count == 0 && _known.Count > 0 ? 1 : 0;
    }

    /// <summary>
    /// The reason why no user is evaluated, and the notes. The reason is null if a user is evaluated or no test row was requested.
    /// </summary>
    public (string? NotEvaluated, IReadOnlyList<DataNote> Notes) Conclude()
    {
        if (Users.Count == 0)
        {
            string problem = $"no user has {rules.MinimumRows} rows or more, so nothing is left to train on";
            throw new DataFormatException($"{ratings.Market}: {problem}") { Settings = [nameof(SplitRules.MinimumRows)] };
        }

        int positives = ratings.Rating.Count(rating => rating >= 1);
        bool scaled = Array.TrueForAll(ratings.Rating, rating => rating is >= 0 and <= 1)
            && Array.Exists(ratings.Rating, rating => rating is > 0 and < 1);
        if (positives == 0)
        {
            string hint = scaled ? "; all ratings lie between 0 and 1, so they may have been scaled" : "";
            throw new DataFormatException($"{ratings.Market}: no rating of 1 or more, so there is no positive to learn from{hint}");
        }

        string? none = WhyNotEvaluated();
        List<DataNote> notes = [];
        int all = ratings.Users.Count;
        if (all > Users.Count)
            Note(NoteKind.UsersLeftOut, all - Users.Count, all, $"users have fewer than {rules.MinimumRows} rows; they are left out");
        if (none is null && rules.Test && _short > 0)
            Note(NoteKind.UsersNotEvaluated, _short, Users.Count, $"users have fewer than {rules.EvaluateFrom} rows; {OnlyTrainedOn}");
        if (none is null && rules.Test && _withoutHeldOut > 0)
            Note(NoteKind.UsersWithoutHeldOut, _withoutHeldOut, Users.Count, $"users have {NothingToHoldOut}; {OnlyTrainedOn}");
        if (_withoutRows > 0)
            Note(NoteKind.UsersWithoutRows, _withoutRows, Users.Count, $"users have no training row left; {StillEvaluated}");
        if (none is not null)
            notes.Add(new DataNote(NoteKind.NotEvaluated, ratings.Market, Users.Count, Users.Count, none));
        if (scaled)
            Note(NoteKind.ScaledRatings, positives, ratings.Count,
                "ratings count as positives: all lie between 0 and 1, and may have been scaled");
        return (rules.Test ? none : null, notes);

        void Note(NoteKind kind, int count, int of, string text) =>
            notes.Add(new DataNote(kind, ratings.Market, count, of, $"{count} of {of} {text}"));
    }

    private string? WhyNotEvaluated()
    {
        if ((rules.Test ? Test : Valid).Count > 0 || rules is { Test: false, HoldOut: HoldOut.None })
            return null;
        if (rules.HoldOut == HoldOut.None)
            return "nothing is held out, so nobody is evaluated; all rows are trained on";
        string reason = _withoutHeldOut == 0
            ? $"no user has {rules.EvaluateFrom} rows or more"
            : $"all users with {rules.EvaluateFrom} rows or more have {NothingToHoldOut}";
        return $"{reason}, so {(rules.Test ? "nobody is evaluated" : "no epoch can be chosen by validation")}; all rows are trained on";
    }

    // The last eligible row goes to test, the eligible one before it to validation; at least one row stays for training.
    private void HoldOutOf(ReadOnlySpan<int> rows)
    {
        if (rows.Length < rules.EvaluateFrom)
        {
            _short++;
            return;
        }

        int held = 0;
        for (int place = rows.Length - 1; place >= 0 && held < Math.Min(_parts.Length, rows.Length - 1); place--)
        {
            int row = rows[place];
            if (rules.HoldOut == HoldOut.LastPositives && Label(row) == 0)
                continue;
            Splits[row] = _parts[held++];
        }

        _withoutHeldOut += held == 0 ? 1 : 0;
    }

    private float Label(int row) => ratings.Rating[row] >= 1 ? 1 : 0;
}
