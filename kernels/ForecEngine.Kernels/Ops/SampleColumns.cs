// The columns of a minibatch, taken from a pass over samples: column[i] = that of the sample at place first + i of the pass's order.

namespace ForecEngine.Kernels.Ops;

/// <summary>Puts a minibatch together in the host's memory.</summary>
internal static class SampleColumns
{
    /// <summary>Overwrites the columns with the samples of a range.</summary>
    public static void Take(in SampleRange range, Span<int> users, Span<int> items, Span<Real> labels)
    {
        ReadOnlySpan<Sample> samples = range.Samples.Span;
        range.Order.At(range.First, users);
        for (int i = 0; i < users.Length; i++)
        {
            Sample sample = samples[users[i]];
            (users[i], items[i], labels[i]) = (sample.User, sample.Item, sample.IsPositive ? 1 : 0);
        }
    }
}
