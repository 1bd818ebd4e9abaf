// Reads a market's ratings, from one file or several, a line at a time without an object a row.

using System.Buffers.Text;

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads ratings files: XMarket processed and raw, WSDM Cup 2022, RecBole atomic; plain or gzip.</summary>
public static class RatingsReader
{
    /// <summary>Reads the files of a market, one after another.</summary>
    /// <exception cref="DataFormatException">A file cannot be read; the message names the file, the line and what would be right.</exception>
    public static Ratings Read(string market, IReadOnlyList<string> files)
    {
        Rows rows = new();
        foreach (string file in files)
            ReadFile(file, rows);
        return rows.ToRatings(market);
    }

    private static void ReadFile(string file, Rows rows)
    {
        using LineReader reader = new(file);
        if (!reader.TryRead(out ReadOnlySpan<byte> first))
            throw new DataFormatException(file, 1, "the file is empty; a header (userId itemId rate date) and rows are needed");
        byte[] header = first.ToArray();
        RatingColumns columns = RatingColumns.Tell(reader, first);
        rows.HasTimes &= columns.Time >= 0;
        int before = rows.Count;
        if (!columns.HasHeader)
            ReadRow(reader, columns, header, rows);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (columns.HasHeader && line.SequenceEqual(header))
                throw reader.Fault("the header stands here again; a file has one, in its first line");
            if (!line.IsEmpty)
                ReadRow(reader, columns, line, rows);
            else
                RequireEnd(reader);
        }

        if (rows.Count == before)
            throw new DataFormatException(file, 2, "no rows after the header");
    }

    // Empty lines are accepted at the end alone: between rows they are what a damaged file looks like.
    private static void RequireEnd(LineReader reader)
    {
        long empty = reader.Number;
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (!line.IsEmpty)
                throw new DataFormatException(reader.Path, empty, "an empty line between rows");
        }
    }

    private static void ReadRow(LineReader reader, RatingColumns columns, ReadOnlySpan<byte> line, Rows rows)
    {
        ReadOnlySpan<byte> user = default, item = default, rating = default, time = default;
        int count = 0;
        foreach (Range range in line.Split(columns.Separator))
        {
            ReadOnlySpan<byte> field = line[range];
            if (count == columns.User)
                user = field;
            else if (count == columns.Item)
                item = field;
            else if (count == columns.Rating)
                rating = field;
            else if (count == columns.Time)
                time = field;
            count++;
        }

        if (count != columns.Count)
            throw reader.Fault($"{count} fields where {columns.Count} are needed");
        if (user.IsEmpty || item.IsEmpty)
            throw reader.Fault($"the {(user.IsEmpty ? "user" : "item")}'s id is empty");
        if (columns.Separator != '\t' && line.Contains((byte)'\t'))
            throw reader.Fault("a tab in a file whose fields are separated by spaces");
        if (!Utf8Parser.TryParse(rating, out float value, out int used) || used != rating.Length || !float.IsFinite(value))
            throw reader.Fault($"the rating '{LineReader.Quote(rating)}' is not a number");
        rows.Add(user, item, value, columns.Time >= 0 ? ParseTime(reader, time) : default);
    }

    private static Timestamp ParseTime(LineReader reader, ReadOnlySpan<byte> text) =>
        Timestamp.TryParseDate(text, out Timestamp time) || Timestamp.TryParseNumber(text, out time)
            ? time
            : throw reader.Fault($"the date '{LineReader.Quote(text)}' is neither yyyy-mm-dd nor seconds since 1970");

    private sealed class Rows
    {
        private readonly IdTable _users = new();
        private readonly IdTable _items = new();
        private readonly Column<int> _userOf = new();
        private readonly Column<int> _itemOf = new();
        private readonly Column<float> _rating = new();
        private readonly Column<Timestamp> _time = new();

        public bool HasTimes { get; set; } = true;

        public int Count => _userOf.Count;

        public void Add(ReadOnlySpan<byte> user, ReadOnlySpan<byte> item, float rating, Timestamp time)
        {
            _userOf.Add(_users.Add(user));
            _itemOf.Add(_items.Add(item));
            _rating.Add(rating);
            _time.Add(time);
        }

        public Ratings ToRatings(string market)
        {
            int[] userOf = _userOf.Take(), itemOf = _itemOf.Take();
            float[] rating = _rating.Take();
            Timestamp[]? time = HasTimes ? _time.Take() : null;
            return new Ratings
            {
                Market = market,
                Users = _users,
                Items = _items,
                UserOf = userOf,
                ItemOf = itemOf,
                Rating = rating,
                Time = time,
                Digest = RatingsDigest.Of(_users, _items, userOf, itemOf, rating, time),
            };
        }
    }
}
