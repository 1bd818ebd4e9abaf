// The ids of a minibatch, and how they group by row. Two tables looked up with the same ids share the grouping.

using ForecEngine.Kernels;

namespace ForecEngine;

/// <summary>The row numbers that a minibatch looks up, one a sample. Reused from batch to batch.</summary>
public sealed class Indices
{
    private readonly IDevice _device;
    private readonly RowGroups _groups = new();
    private Storage<int> _storage;
    private bool _grouped;

    /// <summary>No ids yet, with room for <paramref name="capacity"/>.</summary>
    public Indices(IDevice device, int capacity)
    {
        _device = device;
        _storage = device.Allocate<int>(capacity);
    }

    /// <summary>How many ids there are.</summary>
    public int Count { get; private set; }

    /// <summary>The ids.</summary>
    public Slice<int> Values => _storage.Slice(0, Count);

    /// <summary>The ids grouped by row; worked out once for each batch, when first asked for.</summary>
    public RowGroups Groups
    {
        get
        {
            if (_grouped)
                return _groups;
            _device.GroupRows(new RowGrouping(Values, _groups));
            _grouped = true;
            return _groups;
        }
    }

    /// <summary>Groups the ids of both at once, where neither has been.</summary>
    public static void Group(Indices one, Indices other)
    {
        if (one._grouped || other._grouped)
            return;
        one._device.GroupRows(new RowGrouping(one.Values, one._groups), new RowGrouping(other.Values, other._groups));
        one._grouped = other._grouped = true;
    }

    /// <summary>Replaces the ids.</summary>
    public void Set(ReadOnlySpan<int> ids)
    {
        if (_storage.Length < ids.Length)
            _storage = _device.Allocate<int>(ids.Length);
        Count = ids.Length;
        _grouped = false;
        _storage.Write(0, ids);
    }
}
