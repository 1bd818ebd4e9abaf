// A market's rows as read from its files.

namespace ForecEngine.Recommenders.Data;

/// <summary>The rows of one market, in the order of the file, as columns.</summary>
public sealed record Ratings
{
    /// <summary>The market's name.</summary>
    public required string Market { get; init; }

    /// <summary>The users' ids.</summary>
    public required IdTable Users { get; init; }

    /// <summary>The items' ids.</summary>
    public required IdTable Items { get; init; }

    /// <summary>The index of each row's user.</summary>
    public required int[] UserOf { get; init; }

    /// <summary>The index of each row's item.</summary>
    public required int[] ItemOf { get; init; }

    /// <summary>Each row's rating.</summary>
    public required float[] Rating { get; init; }

    /// <summary>Each row's time; null if the files have no times.</summary>
    public required Timestamp[]? Time { get; init; }

    /// <summary>SHA-256 of the rows, in hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>The number of rows.</summary>
    public int Count => UserOf.Length;

    /// <summary>The rows of the given items; the option "sel" trains on these rows of a source.</summary>
    /// <exception cref="DataFormatException">No row is left.</exception>
    public Ratings OnlyItems(IdTable items)
    {
        bool[] kept = new bool[Items.Count];
        for (int item = 0; item < kept.Length; item++)
            kept[item] = items.TryFind(Items.Utf8(item), out _);
        int[] rows = [.. Enumerable.Range(0, Count).Where(row => kept[ItemOf[row]])];
        return rows.Length > 0 ? Select(rows) : throw new DataFormatException($"{Market}: none of its items is an item of the target");
    }

    /// <summary>The rows with the given indexes, in that order; users and items get new indexes.</summary>
    public Ratings Select(int[] rows)
    {
        (IdTable users, int[] userOf) = Reindexed(Users, UserOf, rows);
        (IdTable items, int[] itemOf) = Reindexed(Items, ItemOf, rows);
        return this with
        {
            Users = users,
            Items = items,
            UserOf = userOf,
            ItemOf = itemOf,
            Rating = Array.ConvertAll(rows, row => Rating[row]),
            Time = Time is { } time ? Array.ConvertAll(rows, row => time[row]) : null,
        };
    }

    /// <summary>
    /// All rows, user by user, oldest first; rows of the same time, or without times, are in the order of the file. Those of user u are
    /// <c>Rows[Starts[u]..Starts[u + 1]]</c>.
    /// </summary>
    internal (int[] Rows, int[] Starts) RowsByUser()
    {
        int[] starts = new int[Users.Count + 1], rows = new int[Count];
        foreach (int user in UserOf)
            starts[user + 1]++;
        for (int user = 0; user < Users.Count; user++)
            starts[user + 1] += starts[user];
        int[] next = starts[..^1];
        for (int row = 0; row < rows.Length; row++)
            rows[next[UserOf[row]]++] = row;
        for (int user = 0; user < Users.Count && Time is not null; user++)
            rows.AsSpan(starts[user]..starts[user + 1]).Sort(ByTime);
        return (rows, starts);

        int ByTime(int a, int b) => Time[a].CompareTo(Time[b]) is not 0 and int order ? order : a.CompareTo(b);
    }

    // The ids of the given rows in order of first appearance, and the new index of each row's id.
    private static (IdTable Ids, int[] IdOf) Reindexed(IdTable all, int[] idOf, int[] rows)
    {
        IdTable ids = new();
        int[] anew = new int[all.Count];
        anew.AsSpan().Fill(-1);
        int[] result = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int old = idOf[rows[i]];
            if (anew[old] < 0)
                anew[old] = ids.Add(all.Utf8(old));
            result[i] = anew[old];
        }

        return (ids, result);
    }
}
