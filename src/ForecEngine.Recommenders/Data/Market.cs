// A market prepared for training and evaluation: its rows split by SplitRules. Negatives are drawn from all of the market's items, those
// of users who are left out included.

namespace ForecEngine.Recommenders.Data;

/// <summary>A market: its users, items, training rows and held-out rows.</summary>
public sealed class Market
{
    private readonly int[] _trainUsers;
    private readonly int[] _trainItems;
    private readonly float[] _trainLabels;
    private readonly RowSplit[] _splits;
    private readonly UserItems _seen;
    private readonly UserItems _trained;
    private readonly UserItems? _withheld;
    private readonly Dictionary<Split, IReadOnlyList<CandidateList>> _givenCandidates = [];

    private Market(Ratings ratings, MarketSplitter split)
    {
        Name = ratings.Market;
        HasTimes = ratings.Time is not null;
        Items = ratings.Items;
        PoolSize = CandidatePoolSize = ratings.Items.Count;
        Users = split.Users;
        UsersWithRows = split.Users.Count;
        (_trainUsers, _trainItems, _trainLabels) = ([.. split.TrainUsers], [.. split.TrainItems], [.. split.TrainLabels]);
        (_splits, _seen, _trained, _withheld) = (split.Splits, split.Seen, split.Trained, split.Withheld);
        (Valid, Test) = (split.Valid, split.Test);
        (NotEvaluated, Notes) = split.Conclude();
    }

    private Market(Market other, RandomSequence draws)
    {
        (Name, HasTimes, Items) = (other.Name, other.HasTimes, other.Items);
        (PoolSize, CandidatePoolSize) = (other.PoolSize, other.CandidatePoolSize);
        (Users, UsersWithRows, Test, NotEvaluated, Notes) = (other.Users, other.UsersWithRows, other.Test, other.NotEvaluated, other.Notes);
        (_splits, _seen, _trained, _withheld) = (other._splits, other._seen, new UserItems(), other._withheld);
        List<int> kept = [], own = [];
        List<HeldOutRow> valid = [];
        for (int user = 0, first = 0, end = 0; user < UsersWithRows; user++, first = end)
        {
            while (end < other._trainUsers.Length && other._trainUsers[end] == user)
                end++;
            int[] positives = [.. Enumerable.Range(first, end - first).Where(row => other._trainLabels[row] > 0)];
            int held = positives.Length < 2 ? -1 : HasTimes ? positives[^1] : positives[draws.Below((ulong)user, positives.Length)];
            own.Clear();
            own.AddRange(Enumerable.Range(first, end - first).Where(row => row != held));
            kept.AddRange(own);
            _trained.Add([.. own], other._trainItems);
            if (held >= 0)
                valid.Add(new HeldOutRow(user, other._trainItems[held], 1) { TrainedBefore = held - first });
        }

        _trainUsers = [.. kept.Select(row => other._trainUsers[row])];
        _trainItems = [.. kept.Select(row => other._trainItems[row])];
        _trainLabels = [.. kept.Select(row => other._trainLabels[row])];
        Valid = valid;
    }

    /// <summary>The market's name.</summary>
    public string Name { get; }

    /// <summary>Whether the rows have times.</summary>
    public bool HasTimes { get; }

    /// <summary>The users with rows in order of first appearance, then users who only occur in given candidates.</summary>
    public IdTable Users { get; }

    /// <summary>The number of users with rows; they are the first ones of <see cref="Users"/>.</summary>
    public int UsersWithRows { get; }

    /// <summary>The items with rows in order of first appearance, then items of other markets or of given candidates alone.</summary>
    public IdTable Items { get; }

    /// <summary>
    /// The number of items with rows; they are the first ones of <see cref="Items"/>, and negatives of training are drawn from them.
    /// </summary>
    public int PoolSize { get; }

    /// <summary>
    /// The number of items among which held-out items are ranked. They are the first ones of <see cref="Items"/>: those with rows, then
    /// those that <see cref="AddCandidates"/> added.
    /// </summary>
    public int CandidatePoolSize { get; private set; }

    /// <summary>Each training row's user. Rows are sorted by user, a user's rows by time.</summary>
    public ReadOnlySpan<int> TrainUsers => _trainUsers;

    /// <summary>Each training row's item.</summary>
    public ReadOnlySpan<int> TrainItems => _trainItems;

    /// <summary>Each training row's label: 1 if the rating is at least 1, else 0.</summary>
    public ReadOnlySpan<float> TrainLabels => _trainLabels;

    /// <summary>The rows held out for validation, at most one per user.</summary>
    public IReadOnlyList<HeldOutRow> Valid { get; }

    /// <summary>The rows held out for test, at most one per user.</summary>
    public IReadOnlyList<HeldOutRow> Test { get; }

    /// <summary>The rows held out for a split.</summary>
    public IReadOnlyList<HeldOutRow> HeldOut(Split split) => split == Split.Valid ? Valid : Test;

    /// <summary>Given candidates of the rows held out for a split, which replace drawn ones; null if there are none.</summary>
    public IReadOnlyList<CandidateList>? GivenCandidates(Split split) => _givenCandidates.GetValueOrDefault(split);

    /// <summary>Gives the candidates of the rows held out for a split.</summary>
    /// <param name="split">The split.</param>
    /// <param name="lists">A list for each row, in the order of the rows.</param>
    internal void GiveCandidates(Split split, IReadOnlyList<CandidateList> lists) => _givenCandidates[split] = lists;

    /// <summary>The distinct items of all of a user's rows, ascending. Evaluation samples no candidate from them.</summary>
    public ReadOnlySpan<int> Seen(int user) => _seen.Of(user);

    /// <summary>The distinct items of a user's training rows, ascending. Training draws no negative from them.</summary>
    public ReadOnlySpan<int> Trained(int user) => _trained.Of(user);

    /// <summary>
    /// The distinct items, ascending, of a user's rows that are left out of training (<see cref="SplitRules.TrainingFraction"/>). They are
    /// no candidates among all items, so that the candidates do not depend on the fraction.
    /// </summary>
    internal ReadOnlySpan<int> Withheld(int user) => _withheld is null ? [] : _withheld.Of(user);

    /// <summary>Whether only a fraction of the training rows is kept.</summary>
    internal bool HasWithheld => _withheld is not null;

    /// <summary>The part of the split that each row of the ratings is in, in the order of the ratings.</summary>
    public ReadOnlySpan<RowSplit> Splits => _splits;

    /// <summary>The reason, as a sentence, if no user is evaluated; otherwise null.</summary>
    public string? NotEvaluated { get; }

    /// <summary>Notes on users that are left out or not evaluated, and on unusual ratings.</summary>
    public IReadOnlyList<DataNote> Notes { get; }

    /// <summary>Adds items of another market to those among which held-out items are ranked. Training does not use them.</summary>
    /// <param name="items">The items of the other market.</param>
    public void AddCandidates(IdTable items)
    {
        for (int item = 0; item < items.Count; item++)
            Items.Add(items.Utf8(item));
        CandidatePoolSize = Items.Count;
    }

    /// <summary>
    /// This market with one more positive of each user held out, as validation: the last one, or without times one that the draws choose.
    /// Users with one training positive keep it.
    /// </summary>
    /// <param name="draws">The draws; user u uses the one of index u.</param>
    internal Market HoldingOut(RandomSequence draws) => new(this, draws);

    /// <summary>Splits a market's rows.</summary>
    /// <param name="ratings">The rows.</param>
    /// <param name="rules">How to split them; null for the defaults of <see cref="SplitRules"/>.</param>
    /// <exception cref="DataFormatException">No user or no positive is left, or rows to be held out have no times.</exception>
    public static Market Prepare(Ratings ratings, SplitRules? rules = null)
    {
        rules ??= new();
        if (rules is { Order: RowOrder.Time, HoldOut: not HoldOut.None } && ratings.Time is null)
        {
            string problem = "its rows have no times, so a user's last row is unknown and none can be held out";
            const string Right = "split them at random, give candidates and qrels, or train on all rows";
            throw new DataFormatException($"{ratings.Market}: {problem}; {Right}")
            {
                Settings = [nameof(SplitRules.Order), nameof(SplitRules.HoldOut)],
            };
        }

        (int[] rows, int[] starts) = ratings.RowsByUser();
        MarketSplitter splitter = Split();
        return new Market(ratings, rules.TrainingFraction < 1 ? Split(TrainingSubset.Withheld(ratings, splitter.Splits, rules)) : splitter);

        MarketSplitter Split(bool[]? withheld = null)
        {
            MarketSplitter split = new(ratings, rules, withheld);
            for (int user = 0; user < ratings.Users.Count; user++)
                split.Add(user, rows.AsSpan(starts[user]..starts[user + 1]));
            return split;
        }
    }
}

/// <summary>A row held out of training.</summary>
/// <param name="User">The user.</param>
/// <param name="Item">The item.</param>
/// <param name="Relevance">1 if the rating is at least 1, else 0.</param>
public readonly record struct HeldOutRow(int User, int Item, float Relevance)
{
    /// <summary>The number of the user's training rows that are earlier, or before it in the file if the rows have no times.</summary>
    public int TrainedBefore { get; init; }
}
