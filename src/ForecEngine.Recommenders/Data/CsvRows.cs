// Reads rows of a CSV or TSV file with a header by the library Sep. A quoted field may contain separators, line breaks and doubled
// quotes. Sep treats every quote as opening or closing, so that two lines with an inch sign each would become one row. Therefore
// a quote in an unquoted field is an error.

using nietras.SeparatedValues;

namespace ForecEngine.Recommenders.Data;

internal sealed class CsvRows : RowReader
{
    private readonly LineReader _lines;
    private readonly SepReader _rows;
    private readonly int _count;
    private readonly string _header;
    private byte[] _fields = new byte[1 << 10];
    private readonly Range[] _places;
    private long _line = 1;

    public CsvRows(LineReader lines, char separator, int count, string header, RatingColumns columns)
        : base(columns)
    {
        (_lines, _count, _header) = (lines, count, header);
        _places = new Range[count];

        // Sep reads the header as a row and it is skipped here, because Sep's line numbers are right only after a first row.
        _rows = Sep.New(separator)
            .Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).From(new LineText(lines, header));
        _rows.MoveNext();
    }

    /// <summary>Splits a header into its names and removes their quotes.</summary>
    public static string[] SplitHeader(string header, char separator)
    {
        List<string> names = [];
        StringBuilder name = new();
        bool quoted = false;
        foreach (char c in header)
        {
            if (c == '"')
                quoted = !quoted;
            else if (c == separator && !quoted)
            {
                names.Add(name.ToString());
                name.Clear();
            }
            else
                name.Append(c);
        }

        return [.. names, name.ToString()];
    }

    public override bool IsSeekable => _lines.IsSeekable;

    public override bool TryRead()
    {
        if (!MoveNext())
            return false;
        SepReader.Row row = _rows.Current;
        if (row.Span.IsEmpty)
        {
            long empty = _line;
            while (MoveNext())
            {
                if (!_rows.Current.Span.IsEmpty)
                    throw new DataFormatException(_lines.Path, empty, "an empty line between rows");
            }

            return false;
        }

        if (row.Span.SequenceEqual(_header))
            throw Fault("the header is repeated; only the first line may be a header");
        if (row.Span.Contains('"'))
            RequireQuotes(row);
        if (row.ColCount != _count)
            throw Fault($"expects {_count} fields, got {row.ColCount}");
        Store(row);
        return true;
    }

    public override ReadOnlySpan<byte> Field(int column) => _fields.AsSpan(_places[column]);

    public override DataFormatException Fault(string problem) => new(_lines.Path, _line, problem);

    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        _lines.Dispose();
    }

    private bool MoveNext()
    {
        try
        {
            if (!_rows.MoveNext())
                return false;
        }
        catch (NotSupportedException exception)
        {
            throw new DataFormatException(_lines.Path, _line + 1,
                "a row that begins at or after this line has more than 16777216 characters; is a quote not closed?", exception);
        }

        _line = _rows.Current.LineNumberFrom;
        return true;
    }

    // Checks that quotes enclose whole fields and are doubled within them.
    private void RequireQuotes(SepReader.Row row)
    {
        for (int column = 0; column < row.ColCount; column++)
        {
            ReadOnlySpan<char> field = row[column].Span;
            if (!field.Contains('"'))
                continue;
            if (field[0] != '"')
                throw Fault(
                    $"a quote within an unquoted field (after '{LineReader.Quote(field[..field.IndexOf('"')])}'); "
                        + "quote the whole field and double the quotes in it");
            if (field.Length < 2 || field[^1] != '"')
                throw Fault("a field begins with a quote but does not end with one");
            for (ReadOnlySpan<char> rest = field[1..^1]; rest.IndexOf('"') is >= 0 and int quote; rest = rest[(quote + 2)..])
            {
                if (quote + 1 >= rest.Length || rest[quote + 1] != '"')
                    throw Fault("a quote within a quoted field is not doubled");
            }
        }
    }

    // Copies the fields of the columns to read, as UTF-8, one after another.
    private void Store(SepReader.Row row)
    {
        int used = 0;
        foreach (int column in Places)
        {
            ReadOnlySpan<char> field = row[column].Span;
            bool quoted = field.Length > 0 && field[0] == '"';
            if (quoted)
                field = field[1..^1];
            int most = used + Encoding.UTF8.GetMaxByteCount(field.Length);
            if (most > _fields.Length)
                Array.Resize(ref _fields, 2 * most);
            int length = Encoding.UTF8.GetBytes(field, _fields.AsSpan(used));
            if (quoted)
                length = Undouble(_fields.AsSpan(used, length));
            _places[column] = used..(used + length);
            used += length;
        }
    }

    private static int Undouble(Span<byte> text)
    {
        if (!text.Contains((byte)'"'))
            return text.Length;
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            text[length++] = text[i];
            if (text[i] == '"')
                i++;
        }

        return length;
    }
}
