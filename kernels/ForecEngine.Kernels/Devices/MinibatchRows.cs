// The rows that consecutive minibatches of an epoch look up in a table. A device that updates tables by sorted positions sorts those of
// many minibatches at once.

namespace ForecEngine.Kernels;

/// <summary>Rows of consecutive minibatches. The last minibatch of a pass over the samples may be shorter than the others.</summary>
/// <param name="Rows">The rows, from the first minibatch's first one on.</param>
/// <param name="First">The number of the first minibatch, counted from the beginning of pass 0.</param>
/// <param name="Count">The number of minibatches.</param>
/// <param name="PassLength">The number of samples in a pass.</param>
/// <param name="BatchSize">The number of samples in a minibatch.</param>
public readonly record struct MinibatchRows(Slice<int> Rows, int First, int Count, int PassLength, int BatchSize)
{
    private const int LeastBlock = 32;

    /// <summary>The number of keys in the block of a minibatch: a power of two.</summary>
    public static int BlockLength(int batchSize)
    {
        int length = LeastBlock;
        while (length < batchSize)
            length = checked(2 * length);
        return length;
    }

    /// <summary>The place of a minibatch's first sample, counted from the beginning of pass 0.</summary>
    public static long Start(int minibatch, int passLength, int batchSize)
    {
        int perPass = ((passLength - 1) / batchSize) + 1, pass = minibatch / perPass;
        return ((long)pass * passLength) + ((long)(minibatch - (pass * perPass)) * batchSize);
    }

    /// <summary>The rows of a minibatch, from 0 for the first one.</summary>
    internal Slice<int> Of(int minibatch)
    {
        long start = StartOf(First), first = StartOf(First + minibatch), end = StartOf(First + minibatch + 1);
        return Rows.Part((int)(first - start), (int)(end - first));
    }

    /// <summary>The keys of a minibatch, from 0 for the first one.</summary>
    internal Slice<long> KeysOf(int minibatch, Slice<long> keys)
    {
        int length = BlockLength(BatchSize);
        return keys.Part(minibatch * length, length);
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the rows or keys are not those of the minibatches.</summary>
    internal void Check(Slice<long> keys)
    {
        if (First < 0 || Count < 0 || PassLength < 1 || BatchSize < 1)
            throw new ArgumentException($"{Count} minibatches of {BatchSize} from number {First} on, of passes over {PassLength} samples");
        Shapes.Require(Rows, checked((int)(StartOf(First + Count) - StartOf(First))));
        Shapes.Require(keys, checked(Count * BlockLength(BatchSize)));
    }

    private long StartOf(int minibatch) => Start(minibatch, PassLength, BatchSize);
}
