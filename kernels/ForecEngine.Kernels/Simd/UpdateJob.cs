// An optimiser's step over all of its parameters as one job. The elements of all parameters are numbered consecutively, and a chunk is a
// range of these numbers. So chunks are equal amounts of work, also with small parameters, and threads seldom take chunks that are in
// another thread's cache.

namespace ForecEngine.Kernels.Simd;

/// <summary>The updates of some parameters.</summary>
/// <param name="parameters">The parameters, which must not move in memory.</param>
/// <param name="count">The number of parameters.</param>
/// <param name="zeros">Scratch for a chunk's gradients, per thread: zeros before and after a chunk.</param>
/// <param name="room">The length of the scratch of a thread: <see cref="RoomFor"/> the longest row.</param>
internal readonly unsafe struct UpdateJob<TRule>(ParameterSweep<TRule>* parameters, int count, Real* zeros, int room) : IChunked
    where TRule : unmanaged, IUpdateRule
{
    private const int RunElements = 1 << 12; // large enough that starting a sweep costs little

    // The number of a parameter's first element and the scratch length are multiples of this, so that chunks begin at cache lines.
    private const int Alignment = 1 << 10;

    /// <summary>The number of chunks.</summary>
    public int Chunks
    {
        get
        {
            long numbers = 0;
            for (int i = 0; i < count; i++)
                numbers += Aligned(parameters[i].Length);
            return (int)((numbers + RunElements - 1) / RunElements);
        }
    }

    /// <summary>The number of elements that move.</summary>
    public long Elements
    {
        get
        {
            long elements = 0;
            for (int i = 0; i < count; i++)
                elements += parameters[i].Length;
            return elements;
        }
    }

    /// <summary>The scratch of a thread, in elements: a chunk, and the rest of its last row.</summary>
    public static int RoomFor(int longestRow) => checked((int)Aligned((long)RunElements + longestRow));

    public void Run(int chunk, int worker)
    {
        long start = (long)chunk * RunElements; // relative to the parameter's first element
        for (int i = 0; i < count && start + RunElements > 0; i++)
        {
            ref readonly ParameterSweep<TRule> parameter = ref parameters[i];
            long first = Math.Max(0, start), end = Math.Min(parameter.Length, start + RunElements);
            if (first < end)
                parameter.Run((int)first, (int)end, zeros + ((nint)worker * room));
            start -= Aligned(parameter.Length);
        }
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
