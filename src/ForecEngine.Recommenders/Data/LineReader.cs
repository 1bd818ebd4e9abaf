// The lines of a text file, plain or gzip, as bytes: one buffer, no string a line. A UTF-8 byte-order mark, CRLF line
// ends and a missing last line end are accepted. A file that is cut off or is no text is an error at its line.

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Unicode;

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads a file line by line.</summary>
internal sealed class LineReader : IDisposable
{
    private const int LongestLine = 1 << 20;

    private readonly FileStream _file;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;
    private long _bytes;

    /// <summary>Opens a file; gzip is told by its first two bytes.</summary>
    /// <exception cref="DataFormatException">It cannot be opened.</exception>
    public LineReader(string path)
    {
        Path = path;
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DataFormatException($"{path}: cannot be read ({exception.Message})", exception);
        }

        IsGzip = Guard(() => _file.ReadByte()) == 0x1F && Guard(() => _file.ReadByte()) == 0x8B;
        if (_file.CanSeek)
            _file.Position = 0;
        _stream = IsGzip ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether the file is compressed.</summary>
    public bool IsGzip { get; }

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Reads the next line, without its end. The bytes are valid until the next call.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DataFormatException">The file is cut off, or the line is no text.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int scanned = _start;
        while (true)
        {
            int length = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
            if (length >= 0)
            {
                int end = scanned + length;
                line = Line(_buffer.AsSpan(_start, end - _start));
                _start = end + 1;
                return true;
            }

            scanned = _end;
            if (_ended)
            {
                ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
                _start = _end;
                line = rest.IsEmpty ? rest : Line(rest);
                return !rest.IsEmpty;
            }

            scanned -= Fill();
        }
    }

    /// <summary>A fault at the line that was read last.</summary>
    public DataFormatException Fault(string problem) => new(Path, Number, problem);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private ReadOnlySpan<byte> Line(ReadOnlySpan<byte> line)
    {
        Number++;
        if (Number == 1 && line.StartsWith("\uFEFF"u8))
            line = line[3..];
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        foreach (byte b in line)
        {
            if (b < 0x20 && b != '\t')
                throw Fault($"byte 0x{b:X2} in a text file; is this the right file?");
        }

        return Utf8.IsValid(line) ? line : throw Fault("not UTF-8 text");
    }

    // Moves the unread bytes to the front of the buffer and reads more behind them; returns how far they moved.
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

        int read = Guard(() => _stream.Read(_buffer, _end, _buffer.Length - _end));
        _end += read;
        _bytes += read;
        _ended = read == 0;
        if (_ended && IsGzip)
            CheckLength();
        return moved;
    }

    // A gzip file that is cut off may simply seem to end. Its last four bytes say how long the text is.
    private void CheckLength()
    {
        byte[] trailer = new byte[4];
        _file.Seek(-4, SeekOrigin.End);
        _file.ReadExactly(trailer);
        if (_bytes == 0 || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != (uint)_bytes)
            throw new DataFormatException(Path, Number + 1, "the gzip file is cut off here; fetch it again");
    }

    private int Guard(Func<int> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw new DataFormatException(Path, Number + 1, $"the gzip file is damaged here; fetch it again ({exception.Message})", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException(Path, Number + 1, $"cannot be read on ({exception.Message})", exception);
        }
    }
}
