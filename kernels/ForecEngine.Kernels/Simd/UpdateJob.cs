// An optimiser's step over all of its parameters as one job. The elements are numbered through all parameters, and a chunk is a run of
// these numbers. So equal numbers of chunks are equal shares of the work, however small some parameters are, and threads seldom take over
// chunks that lie in another thread's cache.

namespace ForecEngine.Kernels.Simd;

/// <summary>The updates of some parameters.</summary>
/// <param name="parameters">The parameters, which stay where they are.</param>
/// <param name="count">How many there are.</param>
/// <param name="zeros">Room for a chunk's gradients, for each thread: zeros before and after a chunk.</param>
/// <param name="room">How much room: <see cref="RoomFor"/> the longest row.</param>
internal readonly unsafe struct UpdateJob<TRule>(ParameterSweep<TRule>* parameters, int count, Real* zeros, int room) : IChunked
    where TRule : unmanaged, IUpdateRule
{
    private const int RunElements = 1 << 12; // enough that the start of a sweep costs little

    // The first number of a parameter, and the room, are multiples of this: a chunk begins at a cache line.
    private const int Alignment = 1 << 10;

    /// <summary>How many chunks there are.</summary>
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

    /// <summary>How many elements move.</summary>
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

    /// <summary>The room that a thread needs, in elements: a chunk, and the rest of its last row.</summary>
    public static int RoomFor(int longestRow) => checked((int)Aligned((long)RunElements + longestRow));

    public void Run(int chunk, int worker)
    {
        long start = (long)chunk * RunElements; // from the parameter's first number
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
