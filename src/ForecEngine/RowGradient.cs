// The gradient of an embedding table: the rows that were touched, ascending, and a vector for each. A minibatch's
// rows are summed on the device by groups of positions; a second lookup of the same table in one pass is merged in,
// row by row, in the order of the lookups.

using ForecEngine.Kernels;

namespace ForecEngine;

/// <summary>A sparse gradient: distinct rows in ascending order, each with its vector.</summary>
public sealed class RowGradient
{
    private readonly int _columns;
    private Rows _current = new();
    private readonly Rows _incoming = new();
    private Rows _merged = new();
    private int _expected;

    internal RowGradient(int columns) => _columns = columns;

    /// <summary>How many rows were touched.</summary>
    public int Count => _current.Count;

    /// <summary>The rows, ascending and distinct.</summary>
    public Slice<int> Indices => _current.Indices.Slice(0, Count);

    /// <summary>A vector for each of the rows.</summary>
    public Matrix Values => new(_current.Values.Slice(0, Count * _columns), Count, _columns);

    /// <summary>Adds a minibatch's adjoint: row i of <paramref name="dy"/> belongs to the table row that position i names.</summary>
    public void Add(IDevice device, Matrix dy, RowGroups groups)
    {
        device.SumRows(Expect(device, dy, groups));
        Take(device);
    }

    /// <summary>
    /// Makes room for what <see cref="Add"/> adds. When the device has summed it, <see cref="Take"/> it: so several gradients' are summed
    /// at once. Until then the gradient is what it was; what is never taken is no part of it.
    /// </summary>
    /// <returns>What is to be summed.</returns>
    public RowSum Expect(IDevice device, Matrix dy, RowGroups groups)
    {
        Rows target = Count == 0 ? _current : _incoming;
        target.Reserve(device, groups.Groups.Length, _columns); // no batch as large needs more, however its rows repeat
        _expected = groups.Count;
        groups.Rows.Span.CopyTo(target.Indices.Slice().Span);
        return new RowSum(dy, groups, new Matrix(target.Values.Slice(0, groups.Count * _columns), groups.Count, _columns));
    }

    /// <summary>Adds what was expected and has been summed.</summary>
    public void Take(IDevice device)
    {
        if (Count == 0)
        {
            _current.Count = _expected;
        }
        else if (_expected > 0)
        {
            _incoming.Count = _expected;
            Merge(device);
        }

        _expected = 0;
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear() => _current.Count = 0;

    private void Merge(IDevice device)
    {
        _merged.Reserve(device, _current.Count + _incoming.Count, _columns);
        int a = 0, b = 0, count = 0;
        while (a < _current.Count || b < _incoming.Count)
        {
            int rowA = a < _current.Count ? _current.Indices.Slice().Span[a] : int.MaxValue;
            int rowB = b < _incoming.Count ? _incoming.Indices.Slice().Span[b] : int.MaxValue;
            Span<Real> sum = _merged.Row(count, _columns);
            if (rowA <= rowB)
                _current.Row(a++, _columns).CopyTo(sum);
            else
                sum.Clear();
            if (rowB <= rowA)
            {
                ReadOnlySpan<Real> addend = _incoming.Row(b++, _columns);
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += addend[i];
            }

            _merged.Indices.Slice().Span[count++] = Math.Min(rowA, rowB);
        }

        _merged.Count = count;
        (_current, _merged) = (_merged, _current);
    }

    private sealed class Rows
    {
        public int Count { get; set; }

        public Storage<int> Indices { get; private set; } = new HostStorage<int>(0);

        public Storage<Real> Values { get; private set; } = new HostStorage<Real>(0);

        public Span<Real> Row(int row, int columns) => Values.Slice(row * columns, columns).Span;

        public void Reserve(IDevice device, int rows, int columns)
        {
            if (Indices.Length >= rows)
                return;
            int capacity = Math.Max(rows, 2 * Indices.Length);
            Values = device.Allocate<Real>(checked(capacity * columns));
            Indices = device.Allocate<int>(capacity);
        }
    }
}
