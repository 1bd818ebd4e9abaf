// Which columns of a file with a header are the user, the item, the rating and the time, where somebody says so.

namespace ForecEngine.Recommenders.Data;

/// <summary>Names of columns; a list that is null stands for the usual names, one that is empty for no such column.</summary>
public sealed record ColumnNames
{
    /// <summary>Nothing is named: the usual names are looked for.</summary>
    public static ColumnNames Usual { get; } = new();

    /// <summary>The user's column: the first of these that a file has.</summary>
    public IReadOnlyList<string>? User { get; init; }

    /// <summary>The item's column.</summary>
    public IReadOnlyList<string>? Item { get; init; }

    /// <summary>The rating's column.</summary>
    public IReadOnlyList<string>? Rating { get; init; }

    /// <summary>The time's column.</summary>
    public IReadOnlyList<string>? Time { get; init; }

    /// <summary>
    /// Reads <c>user=NAME,item=NAME,time=NAME,rating=NAME</c>. A kind that is left out has its usual names; one that comes several
    /// times has several names, of which a file's first counts; an empty name of the rating or the time says that no column is one.
    /// </summary>
    /// <exception cref="FormatException">The text is not of this form; the message is one line.</exception>
    public static ColumnNames Parse(string text)
    {
        ColumnNames names = Usual;
        foreach (string part in EscapedList.Split(text, ','))
        {
            if (part.Split('=', 2) is not [var kind, var column])
                throw new FormatException($"'{part}' is not KIND=COLUMN, as in user=customer_id,item=sku,time=ts,rating=stars");
            column = column.Trim();
            names = kind.Trim() switch
            {
                "user" => names with { User = With(names.User) },
                "item" => names with { Item = With(names.Item) },
                "rating" => names with { Rating = With(names.Rating) },
                "time" => names with { Time = With(names.Time) },
                _ => throw new FormatException($"'{kind.Trim()}' is not one of user, item, rating, time"),
            };

            IReadOnlyList<string> With(IReadOnlyList<string>? before)
            {
                if (column.Length > 0)
                    return [.. before ?? [], column];
                return kind.Trim() is "rating" or "time" && before is null or []
                    ? []
                    : throw new FormatException($"'{part}' names no column");
            }
        }

        return names;
    }
}
