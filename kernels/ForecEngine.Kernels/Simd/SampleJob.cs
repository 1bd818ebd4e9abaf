namespace ForecEngine.Kernels.Simd;

/// <summary><see cref="SampleColumns.Take"/> as work for a team of threads: a chunk is a range of consecutive samples.</summary>
internal readonly unsafe struct SampleJob(Sample* samples, KeyedOrder order, int first, int* users, int* items, Real* labels, int count)
    : IChunked
{
    private const int Places = 256;

    public int Chunks => (count + Places - 1) / Places;

    public void Run(int chunk, int worker)
    {
        int done = chunk * Places; // less than the count, since chunk < Chunks
        SampleColumns.Take(samples, order, first + done, users + done, items + done, labels + done, Math.Min(Places, count - done));
    }
}
