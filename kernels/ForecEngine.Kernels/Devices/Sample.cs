// Training samples in a device's memory, packed into eight bytes each: an epoch of a large market has tens of millions.

namespace ForecEngine.Kernels;

/// <summary>A user and an item, as rows of the tables, and whether the user has a row for the item.</summary>
public readonly struct Sample(int user, int item, bool isPositive)
{
    private readonly ulong _bits = ((ulong)(uint)(isPositive ? ~item : item) << 32) | (uint)user; // ~item marks a positive

    /// <summary>The user's row.</summary>
    public int User => (int)_bits;

    /// <summary>The item's row.</summary>
    public int Item => IsPositive ? ~(int)(_bits >> 32) : (int)(_bits >> 32);

    /// <summary>Whether the label is 1.</summary>
    public bool IsPositive => (long)_bits < 0;
}

/// <summary>
/// Consecutive samples of an epoch before their columns are gathered. An epoch is a sequence of passes: each goes over all samples once, in
/// an order of its own, and pass n ends where pass n + 1 begins.
/// </summary>
/// <param name="Samples">All samples of the epoch.</param>
/// <param name="Orders">The draws of the passes' orders: draw n is the key of pass n.</param>
/// <param name="First">The place of the first sample, counted from the beginning of pass 0.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Group">The size of a group: consecutive samples that stay together. All samples are in whole groups.</param>
public readonly record struct SampleRange(Slice<Sample> Samples, RandomSequence Orders, long First, int Count, int Group = 1)
{
    /// <summary>The order of the groups in a pass, from 0.</summary>
    public KeyedOrder OrderOf(long pass) => new(Orders, (ulong)pass, Samples.Length / Group);

    /// <summary>Throws <see cref="ArgumentException"/> if the range is outside the samples or the columns have different lengths.</summary>
    internal void Check(Slice<int> users, Slice<int> items, Slice<Real> labels)
    {
        if (First < 0 || Count < 0 || (Samples.IsEmpty && Count > 0))
            throw new ArgumentException($"{Count} samples from place {First} on, of passes over {Samples.Length} samples");
        if (Group < 1 || Samples.Length % Group != 0)
            throw new ArgumentException($"{Samples.Length} samples cannot be divided into groups of {Group}");
        Shapes.Require(users, Count);
        Shapes.Require(items, Count);
        Shapes.Require(labels, Count);
    }
}

/// <summary>The columns of a minibatch, one entry per sample.</summary>
/// <param name="Users">The users' rows.</param>
/// <param name="Items">The items' rows.</param>
/// <param name="Markets">The markets' rows; only market-aware models read them.</param>
/// <param name="Labels">1 or 0; empty if samples are only scored.</param>
public readonly record struct SampleBatch(RowIds Users, RowIds Items, RowIds Markets, Slice<Real> Labels);
