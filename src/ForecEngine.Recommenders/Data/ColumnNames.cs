// The names that the user of the library or tool gives for the columns of files with a header.

namespace ForecEngine.Recommenders.Data;

/// <summary>Names of columns. Null means the usual names (RatingColumns.cs), an empty list means that there is no such column.</summary>
public sealed record ColumnNames
{
    /// <summary>The usual names for every column.</summary>
    public static ColumnNames Usual { get; } = new();

    /// <summary>Names of the user column; the first one that a file has is used.</summary>
    public IReadOnlyList<string>? User { get; init; }

    /// <summary>Names of the item column.</summary>
    public IReadOnlyList<string>? Item { get; init; }

    /// <summary>Names of the rating column.</summary>
    public IReadOnlyList<string>? Rating { get; init; }

    /// <summary>Names of the time column.</summary>
    public IReadOnlyList<string>? Time { get; init; }

    /// <summary>
    /// Reads <c>user=NAME,item=NAME,time=NAME,rating=NAME</c>. A kind that is missing keeps its usual names. A kind may be given
    /// several times; the first name that a file has is used. <c>rating=</c> and <c>time=</c> say that there is no such column.
    /// </summary>
    /// <exception cref="FormatException">The text is not of this form; the message is one line.</exception>
    public static ColumnNames Parse(string text)
    {
        ColumnNames names = Usual;
        foreach (string part in EscapedList.Split(text, ','))
        {
            if (part.Split('=', 2) is not [var kind, var column])
                throw new FormatException($"expects KIND=COLUMN, as in user=customer_id,item=sku,time=ts,rating=stars, got '{part}'");
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
