// Which positions of a minibatch name which row of a table: the rows in ascending order, each with its positions in
// ascending order. The sum of an embedding row's gradient then has one owner and one order.

using System.Numerics.Tensors;

namespace ForecEngine.Kernels;

/// <summary>The positions of a minibatch grouped by the table row that they name. Reused from batch to batch.</summary>
public sealed class RowGroups
{
    private readonly HostStorage<int> _count = new(1);
    private HostStorage<int> _rows = new(0);
    private HostStorage<int> _starts = new(1);
    private HostStorage<int> _positions = new(0);
    private HostStorage<int> _groups = new(0);
    private HostStorage<ulong> _keys = new(0);
    private HostStorage<ulong> _spare = new(0);
    private readonly HostStorage<int> _digits = new(RowSort.MostDigits);
    private int _length;

    /// <summary>How many distinct rows there are.</summary>
    public int Count => _count.Span[0];

    /// <summary>The distinct rows, ascending.</summary>
    public Slice<int> Rows => _rows.Slice(0, Count);

    /// <summary>Where each group's positions begin in <see cref="Positions"/>, and one place more: where the last ends.</summary>
    public Slice<int> Starts => _starts.Slice(0, Count + 1);

    /// <summary>The positions, group by group, ascending within a group.</summary>
    public Slice<int> Positions => _positions.Slice(0, _length);

    /// <summary>Which group, from 0, each position is of.</summary>
    public Slice<int> Groups => _groups.Slice(0, _length);

    /// <summary>Groups the positions 0, 1, ... of <paramref name="rows"/>. Does not allocate once it has seen a batch as large.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative; the groups stay as they were.</exception>
    public unsafe void Build(ReadOnlySpan<int> rows)
    {
        Check(rows);
        fixed (int* named = rows)
            Begin(named, rows.Length).Run();
    }

    /// <summary>Throws where a row is negative.</summary>
    internal static void Check(ReadOnlySpan<int> rows)
    {
        if (!rows.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNegative(TensorPrimitives.Min(rows), nameof(rows));
    }

    /// <summary>What is left to do to group rows that have been checked and stay where they are; from now on the groups before are gone.</summary>
    internal unsafe RowSort Begin(int* rows, int length)
    {
        _length = length;
        if (_positions.Length < length)
        {
            _rows = new HostStorage<int>(length);
            _starts = new HostStorage<int>(length + 1);
            _positions = new HostStorage<int>(length);
            _groups = new HostStorage<int>(length);
            _keys = new HostStorage<ulong>(length);
            _spare = new HostStorage<ulong>(length);
        }

        return new RowSort
        {
            Named = rows,
            Length = length,
            Keys = _keys.Slice().Pointer,
            Spare = _spare.Slice().Pointer,
            Digits = _digits.Slice().Pointer,
            Rows = _rows.Slice().Pointer,
            Starts = _starts.Slice().Pointer,
            Positions = _positions.Slice().Pointer,
            Groups = _groups.Slice().Pointer,
            Count = _count.Slice().Pointer,
        };
    }
}
