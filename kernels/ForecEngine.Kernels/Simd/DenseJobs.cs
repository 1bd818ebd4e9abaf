// The dense layer's passes as chunks of tiles. Forward and the input's adjoint are cut by rows of the minibatch, the weight's adjoint by
// rows of the weight, so a chunk is the only writer of its rows. No specified chain of additions (Ops/DenseLayer) is split: a tile of the
// weight's adjoint covers the samples of one block.

namespace ForecEngine.Kernels.Simd;

/// <summary>A product cut by the rows of its result. A's, B's and C's rows have no gaps.</summary>
internal readonly unsafe struct RowProductJob(MatrixTile tile, int bits) : IChunked
{
    private const int ChunkMultiplyAdds = 1 << 17;

    // The rows of a chunk: whole tiles of eight, and enough multiply-adds to be worth a thread.
    private readonly int _chunkRows = Math.Max(8, ChunkMultiplyAdds / Math.Max(1, tile.Columns * tile.Depth) & ~7);

    /// <summary>The number of chunks.</summary>
    public int Chunks => (tile.Rows + _chunkRows - 1) / _chunkRows;

    public void Run(int chunk, int worker)
    {
        nint start = (nint)chunk * _chunkRows;
        MatrixTile part = tile;
        part.A += start * tile.ARow;
        part.C0 += start * tile.C0Row;
        part.C += start * tile.CRow;
        part.Rows = (int)Math.Min(_chunkRows, tile.Rows - start);
        if (tile.Columns == 1 && tile.C0Row == 0) // the forward product of a layer with one output
            Sweep.Over(new MatrixVector(part.A, part.ARow, part.B, part.Depth, *part.C0, part.C), 0, part.Rows, bits);
        else
            part.Run<PlainSum>(bits);
    }
}

/// <summary>dW += dy' x and db += the column sums of dy, cut by rows of the weight.</summary>
internal readonly unsafe struct WeightGradientJob(
    Real* x, Real* dy, Real* dweight, Real* dbias, int rows, int inputs, int outputs, int bits) : IChunked
{
    private const int ChunkOutputs = 8;

    /// <summary>The number of chunks.</summary>
    public int Chunks => (outputs + ChunkOutputs - 1) / ChunkOutputs;

    public void Run(int chunk, int worker)
    {
        int first = chunk * ChunkOutputs;
        int count = Math.Min(ChunkOutputs, outputs - first);
        for (nint sample = 0; sample < rows; sample += DenseLayer.BlockRows)
        {
            int samples = (int)Math.Min(DenseLayer.BlockRows, rows - sample);
            if (dweight is not null)
            {
                Real* part = dweight + ((nint)first * inputs);
                MatrixTile tile = new()
                {
                    A = dy + (sample * outputs) + first,
                    ARow = 1,
                    AStep = outputs,
                    B = x + (sample * inputs),
                    BRow = inputs,
                    C = part,
                    CRow = inputs,
                    Rows = count,
                    Columns = inputs,
                    Depth = samples,
                };
                tile.Run<AddedSum>(bits);
            }

            if (dbias is not null)
                new ColumnSums(dy + (sample * outputs) + first, outputs, samples, dbias + first).Run(count, bits);
        }
    }
}
