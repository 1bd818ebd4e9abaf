// A gzip file whose end can be told from a cut. The runtime's decompressor takes the end of its input for the end of the
// text wherever it comes, so a file that was cut off would read as a shorter one, and the length in a file's last four
// bytes is that of its last member only. Here one more member follows the file's own, a mark. It comes out only after
// every member before it was whole - length and checksum - and nothing else stood between; and once the decompressor has
// been given that member, it has nothing of the file's left, so whatever comes out then and is not the mark tells of a cut.
// Zeros at the end of the file are padding, as tapes and block devices leave it. They are handed on apart from what is before
// them, so that a decompressor which stops there has nothing but zeros left.

using System.IO.Compression;

namespace ForecEngine.Recommenders.Data;

/// <summary>The text of a gzip file of one member or several. Nothing seeks, so it may be a pipe.</summary>
internal sealed class SealedGzip : IDisposable
{
    private static readonly byte[] s_seal = Compressed(Mark);

    private readonly Joined _bytes;
    private readonly GZipStream _text;
    private int _marked;

    /// <summary>A file of which some bytes have been read already.</summary>
    /// <param name="read">The bytes that have been read, from the first on.</param>
    /// <param name="rest">The bytes after them; disposed with this.</param>
    public SealedGzip(byte[] read, Stream rest)
    {
        _bytes = new Joined(read, rest, s_seal);
        _text = new GZipStream(_bytes, CompressionMode.Decompress);
    }

    private static ReadOnlySpan<byte> Mark => "the file is whole"u8;

    /// <summary>Reads some of the text; 0 bytes at its end.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, cut off, or followed by something else.</exception>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            int count = _text.Read(buffer);
            if (!_bytes.Ended && count > 0)
                return count;
            if (count == 0)
                return _marked == Mark.Length || (_bytes.InPadding && !_bytes.Ended) ? 0
                    : throw new InvalidDataException("the gzip file is cut off, or something else follows it");
            if (!Mark[_marked..].StartsWith(buffer[..count]))
                throw new InvalidDataException("the gzip file is cut off");
            _marked += count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    private static byte[] Compressed(ReadOnlySpan<byte> text)
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(bytes, CompressionLevel.Optimal))
            gzip.Write(text);
        return bytes.ToArray();
    }

    /// <summary>Bytes, a stream, and bytes again, as one stream.</summary>
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

        /// <summary>Whether the last bytes have begun to be read.</summary>
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

            return Take(_chunk.AsSpan(0, _end), ref _next, buffer) is > 0 and int read ? read : Take(tail, ref _tail, buffer);
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

        // The next bytes that are not all zeros, and how many zeros are before them; at the end, the zeros that are left.
        private void Fill()
        {
            _zerosBefore = _zerosAfter;
            while (true)
            {
                int read = Take(head, ref _head, _chunk) is > 0 and int first ? first : middle.Read(_chunk);
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

        private static int Take(ReadOnlySpan<byte> bytes, ref int next, Span<byte> buffer)
        {
            int count = Math.Min(bytes.Length - next, buffer.Length);
            bytes.Slice(next, count).CopyTo(buffer);
            next += count;
            return count;
        }
    }
}
