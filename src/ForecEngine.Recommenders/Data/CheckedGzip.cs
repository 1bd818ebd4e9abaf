// Decompresses a gzip file and detects truncation. GZipStream ends without an error wherever its input ends, so that a truncated
// file would read as a shorter one; and the length in a file's last four bytes only covers the last member.
//
// Therefore one more member, which holds a known mark, is appended to the file's bytes. GZipStream decompresses the mark only if
// every member before it is complete, with the right length and checksum, and nothing else lies between. Once it has begun
// to read the appended bytes, any output other than the mark shows that the file is truncated.
//
// Zeros at the end of the file are padding, as tapes and block devices leave it. They are passed to GZipStream separately from the
// bytes before them, so that if it stops at the padding, only zeros can be left.

using System.IO.Compression;

namespace ForecEngine.Recommenders.Data;

/// <summary>The text of a gzip file of one or several members. Reading never seeks, so the file may be a pipe.</summary>
internal sealed class CheckedGzip : IDisposable
{
    private static readonly byte[] s_markMember = Compressed(Mark);

    private readonly Joined _bytes;
    private readonly GZipStream _text;
    private int _marked;

    /// <summary>Opens a file of which the first bytes have been read already.</summary>
    public CheckedGzip(byte[] read, Stream rest)
    {
        _bytes = new Joined(read, rest, s_markMember);
        _text = new GZipStream(_bytes, CompressionMode.Decompress);
    }

    private static ReadOnlySpan<byte> Mark => "the file is complete"u8;

    /// <summary>Reads some of the text; returns 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            int count = _text.Read(buffer);
            if (!_bytes.Ended && count > 0)
                return count;
            if (count == 0)
                return _marked == Mark.Length || (_bytes.InPadding && !_bytes.Ended) ? 0
                    : throw new InvalidDataException("the gzip file is truncated, or other data follows it");
            if (!Mark[_marked..].StartsWith(buffer[..count]))
                throw new InvalidDataException("the gzip file is truncated");
            _marked += count;
        }
    }

    public void Dispose() => _text.Dispose();

    private static byte[] Compressed(ReadOnlySpan<byte> text)
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(bytes, CompressionLevel.Optimal))
            gzip.Write(text);
        return bytes.ToArray();
    }

    /// <summary>Joins an array, a stream and another array to one stream.</summary>
    private sealed class Joined(byte[] head, Stream middle, byte[] tail) : Stream
    {
        private readonly byte[] _chunk = new byte[1 << 13];
        private int _head;
        private int _next;
        private int _end;
        private long _zerosBefore;
        private long _zerosAfter;
        private int _tail;

        /// <summary>Whether the last read returned the zeros at the end of the stream.</summary>
        public bool InPadding { get; private set; }

        /// <summary>Whether reading of the second array has begun.</summary>
        public bool Ended => _tail > 0;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_next == _end && !InPadding)
                Fill();
            if (_zerosBefore > 0)
            {
                int zeros = (int)Math.Min(_zerosBefore, buffer.Length);
                buffer[..zeros].Clear();
                _zerosBefore -= zeros;
                return zeros;
            }

            return CopyTo(buffer, _chunk.AsSpan(0, _end), ref _next) is > 0 and int read ? read : CopyTo(buffer, tail, ref _tail);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                middle.Dispose();
            base.Dispose(disposing);
        }

        // Reads the next chunk up to its last byte that is not zero, and counts the zeros before it. At the end of the file, the zeros
        // that are left are padding.
        private void Fill()
        {
            _zerosBefore = _zerosAfter;
            while (true)
            {
                int read = CopyTo(_chunk, head, ref _head) is > 0 and int first ? first : middle.Read(_chunk);
                (_next, _end) = (0, _chunk.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1);
                _zerosAfter = read - _end;
                if (_end > 0)
                    return;
                if (read == 0)
                {
                    InPadding = _zerosBefore > 0;
                    return;
                }

                _zerosBefore += read;
            }
        }

        private static int CopyTo(Span<byte> buffer, ReadOnlySpan<byte> bytes, ref int next)
        {
            int count = Math.Min(bytes.Length - next, buffer.Length);
            bytes.Slice(next, count).CopyTo(buffer);
            next += count;
            return count;
        }
    }
}
