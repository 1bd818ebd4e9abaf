// Reads rows that are JSON objects, one per line, as in Amazon Reviews 2023 and Yelp. A column is a property of the object; the first
// line determines the columns.

namespace ForecEngine.Recommenders.Data;

internal sealed class JsonRows : RowReader
{
    private readonly LineReader _lines;
    private readonly byte[][] _names;
    private readonly Range[] _places;
    private byte[] _fields = new byte[1 << 10];
    private bool _begun;

    private JsonRows(LineReader lines, IReadOnlyList<string> names, RatingColumns columns)
        : base(columns)
    {
        _lines = lines;
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        _places = new Range[_names.Length];
    }

    /// <summary>Opens a file.</summary>
    public static JsonRows Open(LineReader lines, byte[] first, ColumnNames names)
    {
        List<string> properties = [];
        try
        {
            Utf8JsonReader json = new(first);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                properties.Add(json.GetString() ?? "");
                json.Skip();
            }

            json.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw NotAnObject(lines, exception);
        }

        return RatingColumns.TryChoose(properties, names, out RatingColumns columns, out string problem)
            ? new JsonRows(lines, properties, columns)
            : throw lines.Fault(problem);
    }

    public override bool IsSeekable => _lines.IsSeekable;

    public override bool TryRead()
    {
        ReadOnlySpan<byte> line = _lines.Line;
        if (_begun && !_lines.TryReadRow(out line))
            return false;
        _begun = true;
        try
        {
            Parse(line);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw NotAnObject(_lines, exception);
        }

        return true;
    }

    public override ReadOnlySpan<byte> Field(int column) => _fields.AsSpan(_places[column]);

    public override DataFormatException Fault(string problem) => _lines.Fault(problem);

    protected override void Dispose(bool disposing) => _lines.Dispose();

    private static DataFormatException NotAnObject(LineReader lines, Exception exception) =>
        new(lines.Path, lines.Number, "expects a complete JSON object on one line", exception);

    private void Parse(ReadOnlySpan<byte> line)
    {
        if (_fields.Length < line.Length)
            _fields = new byte[2 * line.Length];
        int used = 0, found = 0;
        Utf8JsonReader json = new(line);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            int column = ColumnOf(ref json);
            json.Read();
            if (column < 0)
            {
                json.Skip();
                continue;
            }

            int length = json.TokenType switch
            {
                JsonTokenType.String => json.CopyString(_fields.AsSpan(used)),
                JsonTokenType.Number => Copy(json.ValueSpan, _fields.AsSpan(used)),
                JsonTokenType.Null => throw _lines.Fault($"{Name(column)} is null"),
                _ => throw _lines.Fault($"{Name(column)} is neither a string nor a number"),
            };
            int bit = 1 << Array.IndexOf(Places, column);
            if ((found & bit) != 0)
                throw _lines.Fault($"the object has {Name(column)} twice");
            found |= bit;
            _places[column] = used..(used + length);
            used += length;
        }

        // Fails unless the line ends after the object.
        json.Read();
        for (int i = 0; i < Places.Length; i++)
        {
            if ((found & (1 << i)) == 0)
                throw _lines.Fault($"the object has no {Name(Places[i])}, but the first object has it");
        }
    }

    private int ColumnOf(ref Utf8JsonReader json)
    {
        foreach (int column in Places)
        {
            if (json.ValueTextEquals(_names[column]))
                return column;
        }

        return -1;
    }

    private string Name(int column) => LineReader.Quote(_names[column]);

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
