// The sparse gradient of an embedding table. A position is one lookup: it has the index of a table row and that lookup's adjoint. Positions
// are in the order of the lookups, and a row that is looked up twice has two positions. The device sums a row's positions in this order
// when it updates the table (IDevice.Update). A minibatch touches few of millions of rows, so a dense gradient would be wasteful.

namespace ForecEngine.Kernels;

/// <summary>A gradient by positions. Its memory is reused from step to step.</summary>
/// <param name="device">The device of the table.</param>
/// <param name="columns">The table's number of columns.</param>
public sealed class RowGradient(IDevice device, int columns)
{
    private Storage<int> _rows = device.Allocate<int>(0);
    private Storage<Real> _values = device.Allocate<Real>(0);
    private int _count;
    private int _bound;
    private bool _areDistinct;

    /// <summary>The table row of each position.</summary>
    public RowIds Rows => RowIds.Known(_rows.Slice(0, _count), _bound, areDistinct: _areDistinct);

    /// <summary>The adjoint of each position.</summary>
    public Matrix Values => new(_values.Slice(0, _count * columns), _count, columns);

    /// <summary>Adds one position per row.</summary>
    /// <returns>The memory for their adjoints, uninitialised; the caller overwrites it.</returns>
    public Matrix Append(RowIds rows)
    {
        int first = _count;
        Matrix adjoints = Reserve(rows.Count, rows.Bound);
        _areDistinct = first == 0 && rows.AreDistinct;
        device.Copy(rows.Values, _rows.Slice(first, rows.Count));
        return adjoints;
    }

    /// <summary>Adds positions, of rows below a bound. The caller overwrites the last rows of <see cref="Rows"/> as well.</summary>
    /// <returns>The memory for their adjoints, uninitialised; the caller overwrites it.</returns>
    internal Matrix Reserve(int positions, int bound)
    {
        int first = _count, count = checked(first + positions);
        if (_rows.Length < count)
            Grow(Math.Max(count, 2 * _rows.Length));
        (_count, _bound, _areDistinct) = (count, Math.Max(_bound, bound), false);
        return new Matrix(_values.Slice(first * columns, positions * columns), positions, columns);
    }

    /// <summary>Forgets all positions.</summary>
    public void Clear() => (_count, _bound) = (0, 0);

    private void Grow(int capacity)
    {
        Storage<int> rows = device.Allocate<int>(capacity);
        Storage<Real> values = device.Allocate<Real>(checked(capacity * columns));
        device.Copy(_rows.Slice(0, _count), rows.Slice(0, _count));
        device.Copy(_values.Slice(0, _count * columns), values.Slice(0, _count * columns));
        _rows.Free();
        _values.Free();
        (_rows, _values) = (rows, values);
    }
}
