// In-batch negatives (Hidasi, Karatzoglou, Baltrunas and Tikk, ICLR 2016): negative k of a positive is the item of the k-th positive after
// it in the minibatch, which starts over at its end and leaves out the positive itself. A user may have such an item in training. A
// minibatch with a single positive keeps the negatives that were drawn for it.

namespace ForecEngine.Recommenders.Training;

internal sealed class InBatchNegatives(IDevice device, int groupSize)
{
    private int[] _from = []; // the place from which each sample's item is taken
    private Slice<int> _onDevice;
    private Slice<int> _items;
    private int _count;

    /// <summary>Allocates memory for a number of samples, so that the other methods allocate none.</summary>
    public void Reserve(int samples)
    {
        if (_from.Length >= samples)
            return;
        (_from, _onDevice, _items) = (new int[samples], device.Allocate<int>(samples).Slice(), device.Allocate<int>(samples).Slice());
    }

    /// <summary>Adds a minibatch, which follows the ones before it.</summary>
    /// <param name="start">The place of its first sample.</param>
    /// <param name="length">The number of its samples, whole groups.</param>
    public void Add(int start, int length)
    {
        int groups = length / groupSize;
        for (int i = 0; i < length; i++)
        {
            (int group, int member) = Math.DivRem(i, groupSize);
            bool isReplaced = member > 0 && groups > 1;
            int other = isReplaced ? (group + 1 + ((member - 1) % (groups - 1))) % groups : 0;
            _from[start + i] = start + (isReplaced ? other * groupSize : i);
        }

        _count = start + length;
    }

    /// <summary>Replaces the items of negatives in the minibatches that were added.</summary>
    public void Replace(Slice<int> items)
    {
        Slice<int> from = _onDevice.Part(0, _count), replaced = _items.Part(0, _count);
        from.Write(_from.AsSpan(0, _count));
        device.MapRows(items, RowIds.Known(from, _count), replaced);
        device.Copy(replaced, items);
    }
}
