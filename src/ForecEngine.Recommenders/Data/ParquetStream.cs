// A Parquet file as its library reads it, with an end: each byte is needed a few times at most, so a reader that goes round in
// circles over a damaged file is stopped.

using System.Buffers.Binary;

namespace ForecEngine.Recommenders.Data;

/// <summary>A file of which no more than a few times its length can be read.</summary>
internal sealed class ParquetStream : Stream
{
    private const int Times = 16;
    private const int TrailerLength = 8; // the footer's length and PAR1

    private readonly FileStream _file;
    private readonly long _length;
    private long _left;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">Its footer is longer than it.</exception>
    public ParquetStream(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        _length = _file.Length;
        _left = (Times * _length) + (1 << 16);
        try
        {
            Span<byte> trailer = stackalloc byte[TrailerLength];
            if (_length < 2 * TrailerLength)
                throw new InvalidDataException();
            _file.Seek(-TrailerLength, SeekOrigin.End);
            _file.ReadExactly(trailer);
            if (BinaryPrimitives.ReadInt32LittleEndian(trailer) is var footer && (footer <= 0 || footer > _length - TrailerLength))
                throw new InvalidDataException();
            _file.Seek(0, SeekOrigin.Begin);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = _file.Read(buffer);
        _left -= Math.Max(read, 1);
        return _left >= 0 ? read : throw new InvalidDataException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }
}
