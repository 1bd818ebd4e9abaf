// A market's rows as they were read.

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

    /// <summary>Each row's user.</summary>
    public required int[] UserOf { get; init; }

    /// <summary>Each row's item.</summary>
    public required int[] ItemOf { get; init; }

    /// <summary>Each row's rating.</summary>
    public required float[] Rating { get; init; }

    /// <summary>Each row's time; null where the files have none.</summary>
    public required Timestamp[]? Time { get; init; }

    /// <summary>SHA-256 of the rows, in hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => UserOf.Length;

    /// <summary>The rows of items that <paramref name="items"/> has: what "sel" keeps of a source.</summary>
    /// <exception cref="DataFormatException">No row is left.</exception>
    public Ratings OnlyItems(IdTable items)
    {
        bool[] kept = new bool[Items.Count];
        for (int item = 0; item < kept.Length; item++)
            kept[item] = items.TryFind(Items.Utf8(item), out _);
        int[] rows = [.. Enumerable.Range(0, Count).Where(row => kept[ItemOf[row]])];
        return rows.Length > 0 ? Select(rows) : throw new DataFormatException($"{Market}: no row is of an item that the target has");
    }

    /// <summary>The rows of given numbers, in that order, with users and items indexed anew.</summary>
    internal Ratings Select(int[] rows)
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

    // The ids of some rows, in the order of their first appearance there, and each row's index among them.
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
