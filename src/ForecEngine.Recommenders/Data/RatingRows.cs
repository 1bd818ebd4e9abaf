// Reads a ratings file row by row: ids, a rating and a time. The file does not name the unit of numeric times. It is inferred
// from the largest one, at the end of the file; until then a number counts as seconds.

using System.Buffers;
using System.Buffers.Text;

namespace ForecEngine.Recommenders.Data;

internal sealed class RatingRows : IDisposable
{
    // Control characters, tab included: ids are written to tab-separated files and to the terminal.
    private static readonly SearchValues<byte> s_control = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F]);

    private readonly RowReader _rows;
    private Timestamp _largest;
    private bool _numbers;
    private bool _dates;

    /// <summary>Opens a file.</summary>
    public RatingRows(string path, ColumnNames names) => _rows = RatingsFile.Open(path, names);

    /// <summary>Whether the rows have times.</summary>
    public bool HasTimes => _rows.Columns.Time >= 0;

    /// <summary>Whether the times read so far are dates, with or without a time of day.</summary>
    public bool HasDates => _dates;

    /// <summary>Whether the file can be read again, which a pipe cannot.</summary>
    public bool IsSeekable => _rows.IsSeekable;

    /// <summary>The row's user.</summary>
    public ReadOnlySpan<byte> User => _rows.Field(_rows.Columns.User);

    /// <summary>The row's item.</summary>
    public ReadOnlySpan<byte> Item => _rows.Field(_rows.Columns.Item);

    /// <summary>The row's rating; 1 if the file has no ratings.</summary>
    public float Rating { get; private set; }

    /// <summary>The rating as it is written in the file, without surrounding spaces.</summary>
    public ReadOnlySpan<byte> RatingText => _rows.Columns.Rating >= 0 ? _rows.Field(_rows.Columns.Rating).Trim((byte)' ') : "1"u8;

    /// <summary>The row's time; a number counts as seconds.</summary>
    public Timestamp Time { get; private set; }

    /// <summary>
    /// The unit of the times read so far, in units per second: 1, or the first of 1e3, 1e6 and 1e9 that puts the largest time before
    /// the year 10000.
    /// </summary>
    public int UnitsPerSecond
    {
        get
        {
            int units = 1;
            if (_numbers)
            {
                for (long end = Timestamp.EndOfYears; units < 1_000_000_000 && _largest.Seconds >= end; end *= 1000)
                    units *= 1000;
            }

            return units;
        }
    }

    /// <summary>Reads the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool TryRead()
    {
        if (!_rows.TryRead())
            return false;
        RequireId("user", User);
        RequireId("item", Item);
        Rating = _rows.Columns.Rating >= 0 ? ParseRating(RatingText) : 1;
        if (HasTimes)
            Time = ParseTime(_rows.Field(_rows.Columns.Time).Trim((byte)' '));
        return true;
    }

    /// <summary>A fault at the row that was read last.</summary>
    public DataFormatException Fault(string problem) => _rows.Fault(problem);

    public void Dispose() => _rows.Dispose();

    private void RequireId(string kind, ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            throw Fault($"the {kind} id is empty");
        if (id.ContainsAny(s_control))
            throw Fault($"the {kind} id '{LineReader.Quote(id)}' contains a tab, a line break or another control character");
        if (id.IndexOf("\uFEFF"u8) >= 0)
            throw Fault($"the {kind} id contains an invisible byte-order mark (U+FEFF); remove it");
    }

    private float ParseRating(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out float value, out int used) && used == text.Length && float.IsFinite(value))
            return value;
        string quoted = LineReader.Quote(text);
        throw Fault(text.Contains((byte)',')
            ? $"the rating '{quoted}' is not a number; use a decimal point"
            : $"the rating '{quoted}' is not a number");
    }

    private Timestamp ParseTime(ReadOnlySpan<byte> text)
    {
        bool isDate = Timestamp.TryParseDate(text, out Timestamp time);
        if (!isDate && !Timestamp.TryParseNumber(text, out time))
            throw Fault(
                "expects a date (yyyy-mm-dd, also with hh:mm:ss and a zone) or a number of seconds, milli-, micro- or nanoseconds "
                + $"since 1970, got '{LineReader.Quote(text)}'");
        if (isDate ? _numbers : _dates)
            throw Fault(
                $"the time '{LineReader.Quote(text)}' is a "
                + (isDate ? "date, but the rows before it have numbers" : "number, but the rows before it have dates"));
        if (isDate)
            _dates = true;
        else
        {
            _numbers = true;
            Timestamp size = time.Seconds < 0 ? new Timestamp(time.Seconds == long.MinValue ? long.MaxValue : -time.Seconds) : time;
            if (size > _largest)
                _largest = size;
        }

        return time;
    }
}
