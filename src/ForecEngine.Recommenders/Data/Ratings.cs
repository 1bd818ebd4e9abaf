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

    /// <summary>Each row's time, in seconds since 1970; null where the format has none.</summary>
    public required long[]? Time { get; init; }

    /// <summary>SHA-256 of the rows, in hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => UserOf.Length;

    /// <summary>The rows of items that <paramref name="items"/> has: what "sel" keeps of a source.</summary>
    /// <exception cref="DataFormatException">No row is left.</exception>
    public Ratings OnlyItems(IdTable items)
    {
        int[] rows = [.. Enumerable.Range(0, Count).Where(row => items.TryFind(Items.Utf8(ItemOf[row]), out _))];
        return rows.Length > 0 ? Select(rows) : throw new DataFormatException($"{Market}: no row is of an item that the target has");
    }

    /// <summary>The rows of given numbers, in that order, with users and items indexed anew.</summary>
    internal Ratings Select(IReadOnlyList<int> rows)
    {
        IdTable users = new(), items = new();
        int[] userOf = new int[rows.Count], itemOf = new int[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            userOf[i] = users.Add(Users.Utf8(UserOf[rows[i]]));
            itemOf[i] = items.Add(Items.Utf8(ItemOf[rows[i]]));
        }

        return this with
        {
            Users = users,
            Items = items,
            UserOf = userOf,
            ItemOf = itemOf,
            Rating = [.. rows.Select(row => Rating[row])],
            Time = Time is { } time ? [.. rows.Select(row => time[row])] : null,
        };
    }
}
