// Reads a market's ratings, from one file or several, a line at a time without an object a row.

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

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
        return new Ratings
        {
            Market = market,
            Users = rows.Users,
            Items = rows.Items,
            UserOf = [.. rows.UserOf],
            ItemOf = [.. rows.ItemOf],
            Rating = [.. rows.Rating],
            Time = rows.HasTimes ? [.. rows.Time] : null,
            Digest = Convert.ToHexStringLower(rows.Hash.GetHashAndReset()),
        };
    }

    private static void ReadFile(string file, Rows rows)
    {
        using LineReader reader = new(file);
        if (!reader.TryRead(out ReadOnlySpan<byte> first))
            throw new DataFormatException(file, 1, "the file is empty; a header (userId itemId rate date) and rows are needed");
        byte[] header = first.ToArray();
        RatingColumns columns = RatingColumns.Tell(reader, first);
        rows.HasTimes &= columns.Time >= 0;
        int before = rows.UserOf.Count;
        if (!columns.HasHeader)
            ReadRow(reader, columns, header, rows);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (columns.HasHeader && line.SequenceEqual(header))
                throw reader.Fault("the header stands here again; a file has one, in its first line");
            if (!line.IsEmpty)
                ReadRow(reader, columns, line, rows);
            else if (reader.TryRead(out ReadOnlySpan<byte> next) && !next.IsEmpty)
                throw new DataFormatException(file, reader.Number - 1, "an empty line between rows");
        }

        if (rows.UserOf.Count == before)
            throw new DataFormatException(file, 2, "no rows after the header");
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
        if (!Utf8Parser.TryParse(rating, out float value, out int used) || used != rating.Length || !float.IsFinite(value))
            throw reader.Fault($"the rating '{Encoding.UTF8.GetString(rating)}' is not a number");
        if (columns.Time >= 0)
            rows.Time.Add(ParseTime(reader, time));
        rows.UserOf.Add(rows.Users.Add(user));
        rows.ItemOf.Add(rows.Items.Add(item));
        rows.Rating.Add(value);
        rows.Hash.AppendData(line);
        rows.Hash.AppendData("\n"u8);
    }

    // Seconds since 1970: of a date (yyyy-mm-dd), or as they stand.
    private static long ParseTime(LineReader reader, ReadOnlySpan<byte> text)
    {
        if (text.Length == 10 && text[4] == '-' && text[7] == '-'
            && Utf8Parser.TryParse(text[..4], out int year, out int yearLength) && yearLength == 4
            && Utf8Parser.TryParse(text[5..7], out int month, out int monthLength) && monthLength == 2
            && Utf8Parser.TryParse(text[8..], out int day, out int dayLength) && dayLength == 2
            && year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month))
        {
            return (long)(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalSeconds;
        }

        if (Utf8Parser.TryParse(text, out double seconds, out int used) && used == text.Length && Math.Abs(seconds) < 1e15)
            return (long)Math.Floor(seconds);
        throw reader.Fault($"the date '{Encoding.UTF8.GetString(text)}' is neither yyyy-mm-dd nor seconds since 1970");
    }

    private sealed class Rows
    {
        public IdTable Users { get; } = new();

        public IdTable Items { get; } = new();

        public List<int> UserOf { get; } = [];

        public List<int> ItemOf { get; } = [];

        public List<float> Rating { get; } = [];

        public List<long> Time { get; } = [];

        public IncrementalHash Hash { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public bool HasTimes { get; set; } = true;
    }
}
