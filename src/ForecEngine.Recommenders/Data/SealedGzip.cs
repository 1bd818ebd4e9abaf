// A gzip file whose end can be told from a cut. The runtime's decompressor takes the end of its input for the end of the
// text wherever it comes, so a file that was cut off would read as a shorter one, and the length in a file's last four
// bytes is that of its last member only. Here one more member follows the file's own, a mark. It comes out only after
// every member before it was whole - length and checksum - and nothing else stood between; and once the decompressor has
// been given that member, it has nothing of the file's left, so whatever comes out then and is not the mark tells of a cut.

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
                return _marked == Mark.Length ? 0 : throw new InvalidDataException("the gzip file is cut off, or something else follows it");
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
        private int _head;
        private int _tail;

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
            if (Take(head, ref _head, buffer) is > 0 and int first)
                return first;
            int read = middle.Read(buffer);
            return read > 0 ? read : Take(tail, ref _tail, buffer);
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

        private static int Take(byte[] bytes, ref int next, Span<byte> buffer)
        {
            int count = Math.Min(bytes.Length - next, buffer.Length);
            bytes.AsSpan(next, count).CopyTo(buffer);
            next += count;
            return count;
        }
    }
}
