// Reads the lines of a text file, plain or gzip, as bytes in one buffer, without a string per line. It accepts CRLF line ends, a last
// line without an end, and a UTF-8 byte-order mark at the start of any line, since concatenated files have them in the middle. A
// truncated file and a file that is not text are errors at their line. Reading never seeks, so the file may be a pipe.

using System.Buffers;
using System.Text.Unicode;

namespace ForecEngine.Recommenders.Data;

internal sealed class LineReader : IDisposable
{
    private const int LongestLine = 1 << 24;

    // The bytes that identify a file: PAR1 and one more. In a Parquet file that one is a control character, in text it is not.
    private const int Signature = 5;

    // Control characters except the tab. Text has none of them, and refusing them keeps error messages that quote an id on one line.
    private static readonly SearchValues<byte> s_control =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(b => b != '\t').Select(b => (byte)b), 0x7F]);

    private readonly FileStream _file;
    private readonly CheckedGzip? _gzip;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private int _lineStart;
    private int _lineLength;
    private bool _ended;

    /// <summary>Opens a file; a gzip file is recognised by its first two bytes.</summary>
    public LineReader(string path)
    {
        Path = path;
        if (Directory.Exists(path))
            throw new DataFormatException($"{path}: is a directory, not a file");
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFormatException($"{path}: no such file", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DataFormatException($"{path}: cannot be read: permission denied", exception);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw new DataFormatException($"{path}: cannot be read ({exception.Message.ReplaceLineEndings(" ")})", exception);
        }

        try
        {
            _end = Guard(() => _file.ReadAtLeast(_buffer.AsSpan(0, Signature), Signature, throwOnEndOfStream: false));
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        ReadOnlySpan<byte> signature = _buffer.AsSpan(0, _end);
        IsParquet = signature.Length == Signature && signature.StartsWith("PAR1"u8) && signature[^1] < ' ';
        if (signature.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            (_gzip, _end) = (new CheckedGzip(_buffer[.._end], _file), 0);
        else if (signature.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || signature.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            _file.Dispose();
            throw new DataFormatException(path, 1, "UTF-16 text; save it as UTF-8");
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the file begins like a Parquet file; then its lines must not be read.</summary>
    public bool IsParquet { get; }

    /// <summary>Whether the file can be read again, which a pipe cannot.</summary>
    public bool IsSeekable => _file.CanSeek;

    /// <summary>The line that was read last.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

    /// <summary>Reads the next line, without its line end. The bytes are valid until the next call.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int scanned = _start;
        while (true)
        {
            int length = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
            if (length >= 0)
            {
                int end = scanned + length;
                int start = _start;
                _start = end + 1;
                line = Checked(start, end - start);
                return true;
            }

            scanned = _end;
            if (_ended)
            {
                int rest = _end - _start;
                line = rest == 0 ? [] : Checked(_start, rest);
                _start = _end;
                return rest > 0;
            }

            scanned -= Fill();
        }
    }

    /// <summary>
    /// Reads the next line that is not empty. Empty lines are accepted only at the end of the file; between rows they are a sign
    /// of damage.
    /// </summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DataFormatException">As for <see cref="TryRead"/>, or a row follows an empty line.</exception>
    public bool TryReadRow(out ReadOnlySpan<byte> line)
    {
        if (!TryRead(out line))
            return false;
        if (!line.IsEmpty)
            return true;
        long empty = Number;
        while (TryRead(out line))
        {
            if (!line.IsEmpty)
                throw new DataFormatException(Path, empty, "an empty line between rows");
        }

        return false;
    }

    /// <summary>A fault at the line that was read last.</summary>
    public DataFormatException Fault(string problem) => new(Path, Number, problem);

    /// <summary>Formats a part of a line for an error message: control characters are replaced, and a long text is cut.</summary>
    public static string Quote(ReadOnlySpan<byte> text) => Quote(Encoding.UTF8.GetString(text));

    /// <inheritdoc cref="Quote(ReadOnlySpan{byte})"/>
    public static string Quote(ReadOnlySpan<char> text)
    {
        const int Most = 60;
        string whole = string.Concat(text[..Math.Min(text.Length, Most)].ToString().Select(c => char.IsControl(c) ? '?' : c));
        return text.Length <= Most ? whole : $"{whole}...";
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _file.Dispose();
    }

    // The line at a place in the buffer, without a byte-order mark at its start and a carriage return at its end.
    private ReadOnlySpan<byte> Checked(int start, int length)
    {
        Number++;
        if (_buffer.AsSpan(start, length).StartsWith("\uFEFF"u8))
            (start, length) = (start + 3, length - 3);
        if (_buffer.AsSpan(start, length).EndsWith("\r"u8))
            length--;
        (_lineStart, _lineLength) = (start, length);
        ReadOnlySpan<byte> line = Line;
        if (line.IndexOfAny(s_control) is >= 0 and int place)
            throw Fault($"byte 0x{line[place]:X2} in a text file; is this the right file?");
        return Utf8.IsValid(line) ? line : throw Fault("not UTF-8 text");
    }

    // Moves the unread bytes to the front of the buffer and reads more after them. Returns how far they moved.
    private int Fill()
    {
        int moved = _start;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
                throw new DataFormatException(Path, Number + 1, $"the line is longer than {LongestLine} bytes; is this the right file?");
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int read = Guard(() => _gzip is null ? _file.Read(_buffer, _end, _buffer.Length - _end) : _gzip.Read(_buffer.AsSpan(_end)));
        _end += read;
        _ended = read == 0;
        return moved;
    }

    private int Guard(Func<int> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw new DataFormatException(Path, Number + 1,
                "the gzip file is damaged, truncated or followed by other data here; fetch it again", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException(Path, Number + 1, $"reading fails here ({exception.Message.ReplaceLineEndings(" ")})", exception);
        }
    }
}
