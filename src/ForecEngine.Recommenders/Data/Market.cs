// A market made ready for training and evaluation: its rows split by the rules (SplitRules). The items of users who are left
// out stay among those that negatives are drawn from.

namespace ForecEngine.Recommenders.Data;

/// <summary>A market: its users and items, its training rows, what was held out.</summary>
public sealed class Market
{
    private readonly int[] _trainUsers;
    private readonly int[] _trainItems;
    private readonly float[] _trainLabels;
    private readonly RowSplit[] _splits;
    private readonly UserItems _seen;
    private readonly UserItems _trained;

    private Market(Ratings ratings, MarketSplitter split)
    {
        Name = ratings.Market;
        Digest = ratings.Digest;
        Items = ratings.Items;
        PoolSize = ratings.Items.Count;
        Users = split.Users;
        UsersWithRows = split.Users.Count;
        (_trainUsers, _trainItems, _trainLabels) = ([.. split.TrainUsers], [.. split.TrainItems], [.. split.TrainLabels]);
        (_splits, _seen, _trained) = (split.Splits, split.Seen, split.Trained);
        (Valid, Test) = (split.Valid, split.Test);
        (NotEvaluated, Notes) = split.Conclude();
    }

    /// <summary>The market's name.</summary>
    public string Name { get; }

    /// <summary>The digest of the rows that it was made of.</summary>
    public string Digest { get; }

    /// <summary>The users who have rows, in order of first appearance, then those whom only given candidates name.</summary>
    public IdTable Users { get; }

    /// <summary>How many of the users, from the first on, have rows.</summary>
    public int UsersWithRows { get; }

    /// <summary>The items of all rows, in order of first appearance, then those that only given candidates name.</summary>
    public IdTable Items { get; }

    /// <summary>How many of the items, from the first on, have rows: what negatives are drawn from.</summary>
    public int PoolSize { get; }

    /// <summary>Each training row's user; rows go user by user, by time.</summary>
    public ReadOnlySpan<int> TrainUsers => _trainUsers;

    /// <summary>Each training row's item.</summary>
    public ReadOnlySpan<int> TrainItems => _trainItems;

    /// <summary>Each training row's label: 1 where the rating is at least 1, else 0.</summary>
    public ReadOnlySpan<float> TrainLabels => _trainLabels;

    /// <summary>The rows held out for validation, at most one a user.</summary>
    public IReadOnlyList<HeldOutRow> Valid { get; }

    /// <summary>The rows held out for test, at most one a user.</summary>
    public IReadOnlyList<HeldOutRow> Test { get; }

    /// <summary>The rows held out for a split.</summary>
    public IReadOnlyList<HeldOutRow> HeldOut(Split split) => split == Split.Valid ? Valid : Test;

    /// <summary>The items of all of a user's rows, training or not: ascending, distinct. Evaluation draws no candidate from them.</summary>
    public ReadOnlySpan<int> Seen(int user) => _seen.Of(user);

    /// <summary>The items of a user's training rows: ascending, distinct. Training draws no negative from them.</summary>
    public ReadOnlySpan<int> Trained(int user) => _trained.Of(user);

    /// <summary>Which part each row of the ratings is in, in their order.</summary>
    public ReadOnlySpan<RowSplit> Splits => _splits;

    /// <summary>Why nobody is evaluated, as a sentence; null where somebody is.</summary>
    public string? NotEvaluated { get; }

    /// <summary>What must be known of the split.</summary>
    public IReadOnlyList<DataNote> Notes { get; }

    /// <summary>Prepares a market.</summary>
    /// <param name="ratings">Its rows.</param>
    /// <param name="rules">How they are split; null for the rules' own defaults.</param>
    /// <exception cref="DataFormatException">No user or no positive is there, or rows without times shall be held out.</exception>
    public static Market Prepare(Ratings ratings, SplitRules? rules = null)
    {
        rules ??= new();
        if (rules.HoldOut != HoldOut.None && ratings.Time is null)
        {
            string problem = "its rows have no times, so none is the last and nothing can be held out";
            throw new DataFormatException(
                $"{ratings.Market}: {problem}; give candidates and qrels, or train on all rows")
            {
                Settings = [nameof(SplitRules.HoldOut)],
            };
        }

        MarketSplitter splitter = new(ratings, rules);
        (int[] rowsByUser, int[] starts) = RowsByUser(ratings);
        for (int original = 0; original < ratings.Users.Count; original++)
            splitter.Add(original, rowsByUser.AsSpan(starts[original]..starts[original + 1]));
        return new Market(ratings, splitter);
    }

    // All rows, a user's together and by (time, order in the file); user u's are those from Starts[u] to Starts[u + 1].
    private static (int[] Rows, int[] Starts) RowsByUser(Ratings ratings)
    {
        int[] starts = new int[ratings.Users.Count + 1];
        foreach (int user in ratings.UserOf)
            starts[user + 1]++;
        for (int user = 0; user < ratings.Users.Count; user++)
            starts[user + 1] += starts[user];
        int[] next = starts[..^1];
        int[] rows = new int[ratings.Count];
        for (int row = 0; row < rows.Length; row++)
            rows[next[ratings.UserOf[row]]++] = row;
        if (ratings.Time is { } time)
        {
            Comparison<int> byTime = (a, b) => time[a].CompareTo(time[b]) is not 0 and int order ? order : a.CompareTo(b);
            for (int user = 0; user < ratings.Users.Count; user++)
                rows.AsSpan(starts[user]..starts[user + 1]).Sort(byTime);
        }

        return (rows, starts);
    }
}

/// <summary>A row kept out of training.</summary>
/// <param name="User">The user.</param>
/// <param name="Item">The item.</param>
/// <param name="Relevance">1 where the rating is at least 1, else 0.</param>
public readonly record struct HeldOutRow(int User, int Item, float Relevance);
