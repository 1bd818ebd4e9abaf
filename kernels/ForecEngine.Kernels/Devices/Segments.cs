// Consecutive runs of rows, such as the items of each user of a minibatch. They are checked once, when they are created.

namespace ForecEngine.Kernels;

/// <summary>A matrix's rows cut into consecutive segments; a segment may be empty.</summary>
public readonly struct Segments
{
    private Segments(Slice<int> starts, int elements) => (Starts, Elements) = (starts, elements);

    /// <summary>The first row of each segment, then the number of all rows.</summary>
    public Slice<int> Starts { get; }

    /// <summary>The number of segments.</summary>
    public int Count => Math.Max(0, Starts.Length - 1);

    /// <summary>The number of rows in all segments.</summary>
    public int Elements { get; }

    /// <summary>Segments that are already in memory. The caller guarantees the starts; kernels do not check them again.</summary>
    /// <param name="starts">0, then ascending; the last one is the number of rows.</param>
    /// <param name="elements">The number of rows.</param>
    public static Segments Known(Slice<int> starts, int elements) => new(starts, elements);

    /// <summary>Writes the starts to the first elements of a slice.</summary>
    /// <param name="destination">The memory, at least as long as the starts.</param>
    /// <param name="starts">0, then ascending; the last one is the number of rows.</param>
    /// <exception cref="ArgumentException">The starts do not begin with 0 or are not ascending; nothing is written.</exception>
    public static Segments Write(Slice<int> destination, ReadOnlySpan<int> starts)
    {
        if (starts.IsEmpty || starts[0] != 0)
            throw new ArgumentException("segments start at row 0", nameof(starts));
        for (int i = 1; i < starts.Length; i++)
        {
            if (starts[i] < starts[i - 1])
                throw new ArgumentException($"segment {i - 1} starts at {starts[i - 1]} and ends at {starts[i]}", nameof(starts));
        }

        destination.Write(starts);
        return new Segments(destination.Part(0, starts.Length), starts[^1]);
    }
}
