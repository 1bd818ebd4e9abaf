// Gathers minibatches from an epoch's samples, in the epoch's random order.

namespace ForecEngine.Kernels.Ops;

/// <summary>The columns of a minibatch.</summary>
internal static unsafe class SampleColumns
{
    /// <summary>Overwrites the columns, <paramref name="count"/> long, with the samples at consecutive places of an order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take(Sample* samples, in KeyedOrder order, int first, int* users, int* items, Real* labels, int count)
    {
        order.At(first, new Span<int>(users, count));
        for (int i = 0; i < count; i++)
        {
            Sample sample = samples[users[i]]; // an order's elements are less than the number of samples
            (users[i], items[i], labels[i]) = (sample.User, sample.Item, sample.IsPositive ? 1 : 0);
        }
    }

    /// <summary>The same, with groups of samples that stay together.</summary>
    public static void TakeGroups(in SampleRange range, long pass, int first, int* users, int* items, Real* labels, int count)
    {
        KeyedOrder order = range.OrderOf(pass);
        Span<Sample> samples = range.Samples.Span;
        for (int i = 0; i < count; i++)
        {
            (int group, int member) = Math.DivRem(first + i, range.Group);
            Sample sample = samples[(order.At(group) * range.Group) + member];
            (users[i], items[i], labels[i]) = (sample.User, sample.Item, sample.IsPositive ? 1 : 0);
        }
    }
}
