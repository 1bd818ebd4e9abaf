// The stream that Parquet.Net reads a file through. It replaces the footer by a checked copy (ParquetFooter), and it throws after a
// multiple of the file's length has been read, which stops the library if it loops over damaged pages.

using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ForecEngine.Recommenders.Data;

internal sealed class ParquetStream : Stream
{
    private const int Times = 16;
    private const int TrailerLength = 8; // the footer's length and PAR1

    private readonly SafeFileHandle _file;
    private readonly long _bodyLength;
    private readonly byte[] _end;
    private long _left;

    /// <summary>Opens a file.</summary>
    public ParquetStream(string path)
    {
        _file = File.OpenHandle(path);
        try
        {
            long length = RandomAccess.GetLength(_file);
            if (length < 2 * TrailerLength)
                throw new InvalidDataException();
            byte[] trailer = ReadAt(length - TrailerLength, TrailerLength);
            int footerLength = BinaryPrimitives.ReadInt32LittleEndian(trailer);
            if (footerLength <= 0 || footerLength > length - TrailerLength)
                throw new InvalidDataException();
            _bodyLength = length - TrailerLength - footerLength;
            byte[] footer = ParquetFooter.Checked(ReadAt(_bodyLength, footerLength));
            BinaryPrimitives.WriteInt32LittleEndian(trailer, footer.Length);
            _end = [.. footer, .. trailer];
            _left = (Times * length) + (1 << 16);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _bodyLength + _end.Length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        if (Position < 0)
            throw new InvalidDataException();
        int read = 0;
        if (Position < _bodyLength)
            read = RandomAccess.Read(_file, buffer[..(int)Math.Min(buffer.Length, _bodyLength - Position)], Position);
        else if (Position < Length)
        {
            ReadOnlySpan<byte> rest = _end.AsSpan((int)(Position - _bodyLength));
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }

        Position += read;
        _left -= Math.Max(read, 1);
        return _left >= 0 ? read : throw new InvalidDataException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer, offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }

    private byte[] ReadAt(long position, int length)
    {
        byte[] bytes = new byte[length];
        for (int read = 0; read < length;)
        {
            int more = RandomAccess.Read(_file, bytes.AsSpan(read), position + read);
            read += more > 0 ? more : throw new InvalidDataException();
        }

        return bytes;
    }
}
