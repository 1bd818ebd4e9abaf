// Reads rows that are lines of separated fields without quoting: XMarket, WSDM Cup, RecBole and MovieLens.

namespace ForecEngine.Recommenders.Data;

internal sealed class LineRows : RowReader
{
    private readonly LineReader _lines;
    private readonly byte[] _separator;
    private readonly byte[] _first;
    private readonly bool _isHeader;
    private readonly Range[] _fields;
    private bool _begun;

    public LineRows(LineReader lines, byte[] separator, int count, byte[] first, bool isHeader, RatingColumns columns)
        : base(columns)
    {
        (_lines, _separator, _first, _isHeader) = (lines, separator, first, isHeader);
        _fields = new Range[count];
    }

    public override bool IsSeekable => _lines.IsSeekable;

    public override bool TryRead()
    {
        if (!_begun && !_isHeader)
        {
            _begun = true;
            Split(_lines.Line);
            return true;
        }

        _begun = true;
        if (!_lines.TryReadRow(out ReadOnlySpan<byte> line))
            return false;
        if (_isHeader && line.SequenceEqual(_first))
            throw _lines.Fault("the header is repeated; only the first line may be a header");
        Split(line);
        return true;
    }

    public override ReadOnlySpan<byte> Field(int column) => _lines.Line[_fields[column]];

    public override DataFormatException Fault(string problem) => _lines.Fault(problem);

    protected override void Dispose(bool disposing) => _lines.Dispose();

    private void Split(ReadOnlySpan<byte> line)
    {
        int count = 0;
        foreach (Range range in line.Split(_separator))
        {
            if (count < _fields.Length)
                _fields[count] = range;
            count++;
        }

        if (count != _fields.Length)
            throw _lines.Fault($"expects {_fields.Length} fields, got {count}");
        if (_separator is [not (byte)'\t', ..] && line.Contains((byte)'\t'))
            throw _lines.Fault("the line contains a tab, but tabs do not separate the fields of this file");
    }
}
