// Groupings as one job: a chunk is one grouping.

namespace ForecEngine.Kernels.Simd;

/// <summary>The groupings to run.</summary>
internal readonly unsafe struct GroupJob(RowRanking* rankings) : IChunked
{
    public void Run(int chunk, int worker) => rankings[chunk].Run();
}
