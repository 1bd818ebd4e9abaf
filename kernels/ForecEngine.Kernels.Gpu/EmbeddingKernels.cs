// The kernel of embedding lookup: one thread per element of the result.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the embedding kernels, for one thread.</summary>
internal static class EmbeddingKernels
{
    /// <summary>y[row, column] = table[rows[row], column].</summary>
    public static void Gather(Index1D i, ArrayView<float> table, ArrayView<int> rows, ArrayView<float> y, int columns) =>
        EmbeddingRows.Gather<GpuLane, ViewMemory, ViewIndices>(
            new(table), new(rows), new(y), columns, i / columns, i % columns);
}
