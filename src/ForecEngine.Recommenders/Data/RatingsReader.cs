// Reads a market's ratings, from one file or several, a line at a time without an object a row.

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads ratings files: XMarket processed and raw, WSDM Cup 2022, RecBole atomic; plain or gzip.</summary>
public static class RatingsReader
{
    /// <summary>Reads the files of a market, one after another.</summary>
    /// <exception cref="DataFormatException">A file cannot be read; the message names the file, the line and what would be right.</exception>
    public static Ratings Read(string market, IReadOnlyList<string> files)
    {
        using Rows rows = new();
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
        rows.Add(user, item, value, columns.Time >= 0 ? ParseTime(reader, time) : 0);
    }

    // Seconds since 1970: of a date (yyyy-mm-dd), or as they stand.
    private static long ParseTime(LineReader reader, ReadOnlySpan<byte> text)
    {
        if (text.Length == 10 && text[4] == '-' && text[7] == '-'
            && TryDigits(text[..4], out int year) && TryDigits(text[5..7], out int month) && TryDigits(text[8..], out int day)
            && year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month))
        {
            return (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        }

        if (Utf8Parser.TryParse(text, out double seconds, out int used) && used == text.Length && Math.Abs(seconds) < 1e15)
            return (long)Math.Floor(seconds);
        throw reader.Fault($"the date '{LineReader.Quote(text)}' is neither yyyy-mm-dd nor seconds since 1970");
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
                return false;
            number = (10 * number) + (b - '0');
        }

        return true;
    }

    // The rows so far, and the digest of what they say: the same rows in another format have the same.
    private sealed class Rows : IDisposable
    {
        private readonly IdTable _users = new();
        private readonly IdTable _items = new();
        private readonly Column<int> _userOf = new();
        private readonly Column<int> _itemOf = new();
        private readonly Column<float> _rating = new();
        private readonly Column<long> _time = new();
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private byte[] _unhashed = new byte[1 << 14];
        private int _unhashedBytes;

        public bool HasTimes { get; set; } = true;

        public int Count => _userOf.Count;

        public void Add(ReadOnlySpan<byte> user, ReadOnlySpan<byte> item, float rating, long time)
        {
            _userOf.Add(_users.Add(user));
            _itemOf.Add(_items.Add(item));
            _rating.Add(rating);
            _time.Add(time);
            Digest(user, item, rating, time);
        }

        public Ratings ToRatings(string market)
        {
            _hash.AppendData(_unhashed, 0, _unhashedBytes);
            return new Ratings
            {
                Market = market,
                Users = _users,
                Items = _items,
                UserOf = _userOf.Take(),
                ItemOf = _itemOf.Take(),
                Rating = _rating.Take(),
                Time = HasTimes ? _time.Take() : null,
                Digest = Convert.ToHexStringLower(_hash.GetHashAndReset()),
            };
        }

        public void Dispose() => _hash.Dispose();

        // user TAB item TAB rating time, little-endian. No id holds a tab, so no two rows look alike.
        private void Digest(ReadOnlySpan<byte> user, ReadOnlySpan<byte> item, float rating, long time)
        {
            int length = user.Length + item.Length + 2 + sizeof(float) + sizeof(long);
            if (_unhashedBytes + length > _unhashed.Length)
            {
                _hash.AppendData(_unhashed, 0, _unhashedBytes);
                _unhashedBytes = 0;
                if (length > _unhashed.Length)
                    _unhashed = new byte[2 * length];
            }

            Span<byte> row = _unhashed.AsSpan(_unhashedBytes, length);
            user.CopyTo(row);
            row[user.Length] = (byte)'\t';
            item.CopyTo(row[(user.Length + 1)..]);
            Span<byte> numbers = row[(user.Length + 1 + item.Length)..];
            numbers[0] = (byte)'\t';
            BinaryPrimitives.WriteSingleLittleEndian(numbers[1..], rating);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[(1 + sizeof(float))..], time);
            _unhashedBytes += length;
        }
    }
}
