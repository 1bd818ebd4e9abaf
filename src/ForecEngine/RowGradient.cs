// The gradient of an embedding table: the rows that were touched, ascending, and a vector for each. A minibatch's
// rows are summed on the device by groups of positions; a second lookup of the same table in one pass is merged in,
// row by row, in the order of the lookups.

using System.Numerics.Tensors;
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
        ReadOnlySpan<int> rowsA = Indices.Span, rowsB = _incoming.Indices.Slice(0, _incoming.Count).Span;
        ReadOnlySpan<Real> valuesA = _current.Values.Slice().Span, valuesB = _incoming.Values.Slice().Span;
        Span<int> rows = _merged.Indices.Slice().Span;
        Span<Real> values = _merged.Values.Slice().Span;
        int a = 0, b = 0, count = 0;
        for (; a < rowsA.Length || b < rowsB.Length; count++)
        {
            int rowA = a < rowsA.Length ? rowsA[a] : int.MaxValue, rowB = b < rowsB.Length ? rowsB[b] : int.MaxValue;
            ReadOnlySpan<Real> sumA = rowA <= rowB ? valuesA.Slice(a++ * _columns, _columns) : default;
            ReadOnlySpan<Real> sumB = rowB <= rowA ? valuesB.Slice(b++ * _columns, _columns) : default;
            Span<Real> sum = values.Slice(count * _columns, _columns);
            if (rowB > rowA)
                sumA.CopyTo(sum);
            else if (rowA > rowB)
                TensorPrimitives.Add(sumB, 0, sum); // turns -0 to 0, as the sum with a row of zeros
            else
                TensorPrimitives.Add(sumA, sumB, sum);
            rows[count] = Math.Min(rowA, rowB);
        }

        _merged.Count = count;
        (_current, _merged) = (_merged, _current);
    }

    private sealed class Rows
    {
        public int Count { get; set; }

        public Storage<int> Indices { get; private set; } = new HostStorage<int>(0);

        public Storage<Real> Values { get; private set; } = new HostStorage<Real>(0);

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
