// Adapts LineReader, which checks and counts a file's lines, to a parser that reads from a TextReader.

namespace ForecEngine.Recommenders.Data;

internal sealed class LineText : TextReader
{
    private readonly LineReader _lines;
    private char[] _line;
    private int _next;
    private int _end;

    public LineText(LineReader lines, string first)
    {
        _lines = lines;
        _line = [.. first, '\n'];
        _end = _line.Length;
    }

    public override int Read(Span<char> buffer)
    {
        int copied = 0;
        while (copied < buffer.Length && (_next < _end || TryFill()))
        {
            int count = Math.Min(_end - _next, buffer.Length - copied);
            _line.AsSpan(_next, count).CopyTo(buffer[copied..]);
            _next += count;
            copied += count;
        }

        return copied;
    }

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) == 1 ? one[0] : -1;
    }

    public override int Peek() => _next < _end || TryFill() ? _line[_next] : -1;

    private bool TryFill()
    {
        if (!_lines.TryRead(out ReadOnlySpan<byte> line))
            return false;
        if (line.Length >= _line.Length)
            _line = new char[2 * (line.Length + 1)];
        _next = 0;
        _end = Encoding.UTF8.GetChars(line, _line);
        _line[_end++] = '\n';
        return true;
    }
}
