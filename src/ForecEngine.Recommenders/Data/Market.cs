// A market made ready for training and evaluation. Leave one out, as Bonab et al. (CIKM 2021): a user's rows by (date,
// order in the file); the last is the test item, the one before it validation, the rest is training; users with fewer
// than seven rows are left out, but the items of their rows stay among those that negatives are drawn from.

namespace ForecEngine.Recommenders.Data;

/// <summary>What of each user's rows is kept out of training.</summary>
public enum HoldOut
{
    /// <summary>Nothing: the market is trained on whole.</summary>
    Nothing,

    /// <summary>The last row, for validation.</summary>
    Validation,

    /// <summary>The last row for test, the one before it for validation.</summary>
    ValidationAndTest,
}

/// <summary>A market: its users and items, its training rows, what was held out.</summary>
public sealed class Market
{
    private readonly int[] _trainUsers;
    private readonly int[] _trainItems;
    private readonly float[] _trainLabels;
    private readonly UserItems _seen;
    private readonly UserItems _trained;

    private Market(
        Ratings ratings, IdTable users, int[] trainUsers, int[] trainItems, float[] trainLabels, UserItems seen, UserItems trained,
        IReadOnlyList<HeldOutRow> valid, IReadOnlyList<HeldOutRow> test)
    {
        Name = ratings.Market;
        Digest = ratings.Digest;
        Items = ratings.Items;
        PoolSize = ratings.Items.Count;
        Users = users;
        (_trainUsers, _trainItems, _trainLabels) = (trainUsers, trainItems, trainLabels);
        (_seen, _trained) = (seen, trained);
        (Valid, Test) = (valid, test);
    }

    /// <summary>The market's name.</summary>
    public string Name { get; }

    /// <summary>The digest of the rows that it was made of.</summary>
    public string Digest { get; }

    /// <summary>The users, in order of first appearance.</summary>
    public IdTable Users { get; }

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

    /// <summary>The items of all of a user's rows, training or not: ascending, distinct. Evaluation draws no candidate from them.</summary>
    public ReadOnlySpan<int> Seen(int user) => _seen.Of(user);

    /// <summary>The items of a user's training rows: ascending, distinct. Training draws no negative from them.</summary>
    public ReadOnlySpan<int> Trained(int user) => _trained.Of(user);

    /// <summary>Prepares a market.</summary>
    /// <param name="ratings">Its rows.</param>
    /// <param name="holdOut">What is kept out of training.</param>
    /// <param name="minimumRows">Users with fewer rows are left out; at least one row more than is held out is needed in any case.</param>
    /// <exception cref="DataFormatException">No user is left, or rows without dates cannot be held out.</exception>
    public static Market Prepare(Ratings ratings, HoldOut holdOut = HoldOut.ValidationAndTest, int minimumRows = 7)
    {
        if (holdOut != HoldOut.Nothing && ratings.Time is null)
            throw new DataFormatException($"{ratings.Market}: its rows have no dates, so none is the last; give candidates and qrels instead");

        (int[] rowsByUser, int[] starts) = RowsByUser(ratings);
        int needed = Math.Max(minimumRows, (int)holdOut + 1);
        IdTable users = new();
        List<int> trainUsers = [], trainItems = [];
        UserItems seen = new(), trained = holdOut == HoldOut.Nothing ? seen : new();
        List<float> trainLabels = [];
        List<HeldOutRow> valid = [], test = [];
        for (int original = 0; original < ratings.Users.Count; original++)
        {
            ReadOnlySpan<int> rows = rowsByUser.AsSpan(starts[original]..starts[original + 1]);
            if (rows.Length < needed)
                continue;
            int user = users.Add(ratings.Users.Utf8(original));
            int train = rows.Length - (int)holdOut;
            foreach (int row in rows[..train])
            {
                trainUsers.Add(user);
                trainItems.Add(ratings.ItemOf[row]);
                trainLabels.Add(Label(row));
            }

            if (holdOut != HoldOut.Nothing)
                valid.Add(new HeldOutRow(user, ratings.ItemOf[rows[train]], Label(rows[train])));
            if (holdOut == HoldOut.ValidationAndTest)
                test.Add(new HeldOutRow(user, ratings.ItemOf[rows[^1]], Label(rows[^1])));
            seen.Add(rows, ratings.ItemOf);
            if (trained != seen)
                trained.Add(rows[..train], ratings.ItemOf);
        }

        if (users.Count == 0)
            throw new DataFormatException($"{ratings.Market}: no user has {needed} rows or more, so nothing is left to train on");
        return new Market(ratings, users, [.. trainUsers], [.. trainItems], [.. trainLabels], seen, trained, valid, test);

        float Label(int row) => ratings.Rating[row] >= 1 ? 1 : 0;
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
