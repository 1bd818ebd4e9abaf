// An optimiser's step over all of its parameters as one job. The parameters' elements are numbered one parameter after another, and a
// chunk is a run of these numbers: whoever shares out as many chunks to each thread has shared out the work, however many small
// parameters there are beside the large ones, and no thread has to help with elements that lie in another one's cache.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

/// <summary>The updates of some parameters.</summary>
/// <param name="parameters">The parameters, which stay where they are.</param>
/// <param name="count">How many there are.</param>
/// <param name="zeros">For each thread, room for the gradients of a chunk: zeros, and zeros again after each.</param>
/// <param name="room">How much room: what <see cref="RoomFor"/> the longest row.</param>
internal readonly unsafe struct UpdateJob<TRule>(ParameterSweep<TRule>* parameters, int count, Real* zeros, int room) : IChunked
    where TRule : unmanaged, IUpdateRule
{
    private const int RunElements = 1 << 12; // as many as a sweep needs for its start not to count

    // A parameter's first number is a multiple, and so is the room, so that a chunk begins at a cache line of both.
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

    /// <summary>The room that a thread needs, in elements: a chunk's, and what of its last row lies beyond it.</summary>
    public static int RoomFor(int longestRow) => checked((int)Aligned((long)RunElements + longestRow));

    /// <inheritdoc/>
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
