// The argument of IDevice.DrawSamples. Its memory is written once per training. Drawing an epoch's samples then copies nothing from the
// host.

namespace ForecEngine.Kernels;

/// <summary>
/// A market's training rows in a device's memory, and the draws of an epoch. Users and items are numbered from 0. Negatives are drawn from
/// a pool of items. The caller guarantees that the numbers in memory are valid; kernels do not check them.
/// </summary>
/// <param name="Draws">The epoch's random draws; negative k of row r uses index r 2^32 + k.</param>
/// <param name="Rows">The sample of each training row.</param>
/// <param name="Starts">
/// The index of each row's sample, and last <paramref name="Count"/>. A row's negatives fill the indices up to the next row's; their
/// number is at most that of the items that are not excluded for the user.
/// </param>
/// <param name="Count">The number of samples, negatives included.</param>
/// <param name="Users">The user of each training row.</param>
/// <param name="ExcludedStarts">Where each user's excluded items start, and last where they end.</param>
/// <param name="Excluded">Items of the pool that are never drawn for a user, ascending and distinct; user after user.</param>
/// <param name="Pool">The row of the item table of each item of the pool.</param>
public readonly record struct SampleDraws(
    RandomSequence Draws,
    Slice<Sample> Rows,
    Slice<int> Starts,
    int Count,
    Slice<int> Users,
    Slice<int> ExcludedStarts,
    Slice<int> Excluded,
    Slice<int> Pool)
{
    /// <summary>Throws <see cref="ArgumentException"/> if the parts or the samples have lengths that do not fit together.</summary>
    internal void Check(Slice<Sample> samples)
    {
        Shapes.Require(Starts, Rows.Length + 1);
        Shapes.Require(Users, Rows.Length);
        Shapes.Require(samples, Count);
        if (Count < Rows.Length || Count > Rows.Length * (1L + Pool.Length))
            throw new ArgumentException($"{Rows.Length} rows and a pool of {Pool.Length} items cannot give {Count} samples");
        if (ExcludedStarts.IsEmpty && !Rows.IsEmpty)
            throw new ArgumentException("the starts of the users' excluded items are missing");
    }
}
