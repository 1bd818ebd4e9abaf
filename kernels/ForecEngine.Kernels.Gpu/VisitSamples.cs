// The samples of a round's visits as one launch finds them: all columns in one storage each, and sorted. The minibatches of a training are
// so already (SampleWindow in the recommenders); others are copied.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Columns that have the samples of all visits.</summary>
/// <param name="device">The device.</param>
internal sealed class VisitSamples(GpuDevice device)
{
    private GpuStorage<int> _users = new(device, 0), _items = new(device, 0);
    private GpuStorage<float> _labels = new(device, 0);
    private GpuStorage<long> _userKeys = new(device, 0), _itemKeys = new(device, 0);
    private bool _isCopied;

    /// <summary>The length of a block of keys.</summary>
    public int BlockLength { get; private set; }

    /// <summary>The users' rows.</summary>
    public Slice<int> Users { get; private set; }

    /// <summary>The items' rows.</summary>
    public Slice<int> Items { get; private set; }

    /// <summary>The labels.</summary>
    public Slice<float> Labels { get; private set; }

    /// <summary>The users' sorted positions.</summary>
    public Slice<long> UserKeys { get; private set; }

    /// <summary>The items' sorted positions.</summary>
    public Slice<long> ItemKeys { get; private set; }

    /// <summary>Finds the columns of visits, at least one.</summary>
    public void Begin(ReadOnlySpan<MarketVisit> visits)
    {
        SampleBatch any = visits[0].Query;
        _isCopied = false;
        int longest = 1;
        foreach (ref readonly MarketVisit visit in visits)
        {
            _isCopied |= !IsBeside(visit.Support, any) || !IsBeside(visit.Query, any);
            longest = Math.Max(longest, Math.Max(visit.Support.Users.Count, visit.Query.Users.Count));
        }

        BlockLength = Kernels.MinibatchRows.BlockLength(longest);
        if (_isCopied)
        {
            Copy(visits);
            return;
        }

        (Users, Items, Labels) = (any.Users.Values.Storage!.Slice(), any.Items.Values.Storage!.Slice(), any.Labels.Storage!.Slice());
        (UserKeys, ItemKeys) = (any.Users.Sorted.Storage!.Slice(), any.Items.Sorted.Storage!.Slice());
    }

    /// <summary>The offsets of a visit.</summary>
    public VisitPlace PlaceOf(in MarketVisit visit, int number)
    {
        int support = 2 * number * BlockLength, query = support + BlockLength;
        return new VisitPlace
        {
            SupportCount = visit.Support.Users.Count,
            QueryCount = visit.Query.Users.Count,
            Support = _isCopied ? support : visit.Support.Users.Values.Offset,
            Query = _isCopied ? query : visit.Query.Users.Values.Offset,
            SupportUserKeys = _isCopied ? support : visit.Support.Users.Sorted.Offset,
            SupportItemKeys = _isCopied ? support : visit.Support.Items.Sorted.Offset,
            QueryUserKeys = _isCopied ? query : visit.Query.Users.Sorted.Offset,
            QueryItemKeys = _isCopied ? query : visit.Query.Items.Sorted.Offset,
        };
    }

    // Whether the columns of two minibatches are in the same storages, at the same offsets, and sorted.
    private static bool IsBeside(in SampleBatch one, in SampleBatch other) =>
        !one.Users.Sorted.IsEmpty && !one.Items.Sorted.IsEmpty
        && one.Users.Values.Storage == other.Users.Values.Storage && one.Items.Values.Storage == other.Items.Values.Storage
        && one.Labels.Storage == other.Labels.Storage && one.Users.Sorted.Storage == other.Users.Sorted.Storage
        && one.Items.Sorted.Storage == other.Items.Sorted.Storage
        && one.Items.Values.Offset == one.Users.Values.Offset && one.Labels.Offset == one.Users.Values.Offset;

    private void Copy(ReadOnlySpan<MarketVisit> visits)
    {
        int length = checked(2 * visits.Length * BlockLength);
        if (_users.Length < length)
        {
            _users.Free();
            _items.Free();
            _labels.Free();
            _userKeys.Free();
            _itemKeys.Free();
            (_users, _items, _labels) = (new(device, length), new(device, length), new(device, length));
            (_userKeys, _itemKeys) = (new(device, length), new(device, length));
        }

        (Users, Items, Labels, UserKeys, ItemKeys) =
            (_users.Slice(), _items.Slice(), _labels.Slice(), _userKeys.Slice(), _itemKeys.Slice());
        for (int i = 0; i < visits.Length; i++)
        {
            Copy(visits[i].Support, 2 * i * BlockLength);
            Copy(visits[i].Query, ((2 * i) + 1) * BlockLength);
        }
    }

    private void Copy(in SampleBatch batch, int place)
    {
        int count = batch.Users.Count, block = Kernels.MinibatchRows.BlockLength(count);
        device.Copy(batch.Users.Values, _users.Slice(place, count));
        device.Copy(batch.Items.Values, _items.Slice(place, count));
        device.Copy(batch.Labels, _labels.Slice(place, count));
        if (count == 0)
            return;
        device.SortRows(new Kernels.MinibatchRows(_users.Slice(place, count), 0, 1, count, count), _userKeys.Slice(place, block));
        device.SortRows(new Kernels.MinibatchRows(_items.Slice(place, count), 0, 1, count, count), _itemKeys.Slice(place, block));
    }
}
