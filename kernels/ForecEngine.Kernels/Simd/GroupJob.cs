// Groupings as one job: a chunk is one of them.

namespace ForecEngine.Kernels.Simd;

/// <summary>Sorts that are ready to run.</summary>
internal readonly unsafe struct GroupJob(RowSort* sorts) : IChunked
{
    /// <inheritdoc/>
    public void Run(int chunk, int worker) => sorts[chunk].Run();
}
