// The kernels of embedding lookup and its adjoint: a thread an element of the result. A group's sum belongs to one
// thread, which adds its positions in ascending order, so there are no atomics and the same bits come out of each run.

using ForecEngine.Kernels.Ops;
using ILGPU;

namespace ForecEngine.Kernels.Gpu;

/// <summary>What a thread of an embedding kernel does.</summary>
internal static class EmbeddingKernels
{
    /// <summary>y[row, column] = table[rows[row], column].</summary>
    public static void Gather(Index1D i, ArrayView<float> table, ArrayView<int> rows, ArrayView<float> y, int columns) =>
        EmbeddingRows.Gather<GpuLane, ViewMemory, ViewIndices>(
            new(table), new(rows), new(y), columns, i / columns, i % columns);

    /// <summary>gradient[group, column] = the sum of dy[position, column] over the group's positions.</summary>
    public static void SumGroups(
        Index1D i, ArrayView<float> dy, ArrayView<int> starts, ArrayView<int> positions, ArrayView<float> gradient, int columns) =>
        gradient[i] = EmbeddingRows.SumGroup<GpuLane, ViewMemory, ViewIndices>(
            new(dy), new(starts), new(positions), columns, i / columns, i % columns).Value;
}
