// Copies the lower half of a symmetric matrix to the upper half. A chunk writes rows of the upper half, in tiles whose lines of the lower
// half stay in the first-level cache until all of their numbers have been read.

namespace ForecEngine.Kernels.Simd;

/// <summary>a[c, r] = a[r, c] for c &lt; r.</summary>
internal readonly unsafe struct MirrorJob(Real* a, int stride, int rows, int bits) : IChunked
{
    private const int ChunkRows = 32;

    /// <summary>The number of chunks.</summary>
    public int Chunks => (rows + ChunkRows - 1) / ChunkRows;

    public void Run(int chunk, int worker)
    {
        int first = chunk * ChunkRows, end = Math.Min(first + ChunkRows, rows);
        for (int row = first; row < end; row++)
        {
            for (int column = row + 1; column < end; column++)
                a[((nint)row * stride) + column] = a[((nint)column * stride) + row];
        }

        // The columns right of the chunk's own square, a block of [ChunkRows, ChunkRows] of the lower half at a time.
        for (int column = end; column < rows; column += ChunkRows)
        {
            Real* lower = a + ((nint)column * stride) + first, upper = a + ((nint)first * stride) + column;
            Sweep.Over(new Transposition(lower, stride, end - first, upper, stride), 0, Math.Min(ChunkRows, rows - column), bits);
        }
    }
}
