// The vectors of users in an item bag (ItemBag.cs), computed on the device in blocks of users. A user's vector has the same bits in any
// block. A market's users are consecutive, so that a ranking of one market computes few blocks of the others.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Recommenders.Models;

/// <summary>The vectors of users, each computed when it is first needed.</summary>
internal sealed class ItemBagVectors
{
    private const int BlockUsers = 512;

    private readonly IDevice _device;
    private readonly ItemBag _model;
    private readonly UserHistories _histories;
    private readonly bool[] _isComputed; // by block
    private readonly DeviceArray<int> _rows, _starts;
    private readonly DeviceArray<Real> _weights, _gathered, _sums;

    /// <summary>The vectors of some users, none computed yet. The model must not change while they are used.</summary>
    /// <param name="device">The device of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="histories">The items of each user.</param>
    public ItemBagVectors(IDevice device, ItemBag model, UserHistories histories)
    {
        (_device, _model, _histories) = (device, model, histories);
        int users = histories.Items.Rows;
        Values = new Matrix(device.Allocate<Real>(checked(users * model.Dimension)).Slice(), users, model.Dimension);
        _isComputed = new bool[(users + BlockUsers - 1) / BlockUsers];
        (_rows, _starts, _weights, _gathered, _sums) = (new(device), new(device), new(device), new(device), new(device));
    }

    /// <summary>The vectors, [users, dimension]; those that have not been computed are undefined.</summary>
    public Matrix Values { get; }

    /// <summary>Computes the vectors of users, if that has not been done.</summary>
    public void Compute(ReadOnlySpan<int> users)
    {
        foreach (int user in users)
        {
            int block = user / BlockUsers;
            if (!_isComputed[block])
                Compute(block * BlockUsers, Math.Min(BlockUsers, Values.Rows - (block * BlockUsers)));
            _isComputed[block] = true;
        }
    }

    private void Compute(int first, int count)
    {
        int dimension = Values.Columns;
        Matrix block = new(Values.Values.Part(first * dimension, count * dimension), count, dimension);
        Matrix last = new(_sums.Part(count * dimension), count, dimension);
        Sum(_model.In, [.. Enumerable.Range(first, count).Select(Items)], block);
        Sum(_model.Last, [.. Enumerable.Range(first, count).Select(Last)], last);
        _device.Binary<Addition>(block.Values, last.Values, block.Values);
    }

    private void Sum(EmbeddingTable table, (int Item, Real Weight)[][] weighted, Matrix y)
    {
        int[] starts = new int[weighted.Length + 1];
        for (int i = 0; i < weighted.Length; i++)
            starts[i + 1] = starts[i] + weighted[i].Length;
        int[] rows = [.. weighted.SelectMany(items => items.Select(item => item.Item))];
        Slice<Real> weights = _weights.Part(rows.Length);
        weights.Write([.. weighted.SelectMany(items => items.Select(item => item.Weight))]);
        Matrix x = new(_gathered.Part(rows.Length * y.Columns), rows.Length, y.Columns);
        _device.Gather(table.Value, RowIds.Write(_rows.Part(rows.Length), rows), x);
        _device.SegmentSum(x, weights, Segments.Write(_starts.Part(starts.Length), starts), y);
    }

    private (int Item, Real Weight)[] Items(int user)
    {
        History history = _histories.Of(user);
        Real[] weights = new Real[history.Items.Length];
        double total = 0;
        for (int place = 0; place < weights.Length; place++)
            total += weights[place] = _model.Recency.Of(history, place);
        double root = Math.Sqrt(Math.Max(1, total));
        return [.. history.Items.ToArray().Zip(weights, (item, weight) => (item, (Real)(weight / root)))];
    }

    private (int Item, Real Weight)[] Last(int user) => _histories.Of(user) is { IsTimed: true, Items: [.., int last] } ? [(last, 1)] : [];
}
