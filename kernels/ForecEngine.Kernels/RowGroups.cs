// Which positions of a minibatch name which row of a table: the rows in ascending order, each with its positions in
// ascending order. The sum of an embedding row's gradient then has one owner and one order. A sum in the order of the positions
// asks only for the group of each; the positions of each group are told to whom sums a group at a time.

using System.Numerics.Tensors;

namespace ForecEngine.Kernels;

/// <summary>The positions of a minibatch grouped by the table row that they name. Reused from batch to batch.</summary>
public sealed class RowGroups
{
    private readonly HostStorage<int> _count = new(1);
    private HostStorage<int> _rows = new(0);
    private HostStorage<int> _groups = new(0);
    private HostStorage<ulong> _words = new(0);
    private HostStorage<int> _before = new(0);
    private HostStorage<int> _starts = new(1);
    private HostStorage<int> _positions = new(0);
    private int _length;
    private bool _gathered;

    /// <summary>How many distinct rows there are.</summary>
    public int Count => _count.Span[0];

    /// <summary>The distinct rows, ascending.</summary>
    public Slice<int> Rows => _rows.Slice(0, Count);

    /// <summary>Which group, from 0, each position is of.</summary>
    public Slice<int> Groups => _groups.Slice(0, _length);

    /// <summary>Where each group's positions begin in <see cref="Positions"/>, and one place more: where the last ends. Worked out when first asked for.</summary>
    public Slice<int> Starts
    {
        get
        {
            Gather();
            return _starts.Slice(0, Count + 1);
        }
    }

    /// <summary>The positions, group by group, ascending within a group. Worked out when first asked for.</summary>
    public Slice<int> Positions
    {
        get
        {
            Gather();
            return _positions.Slice(0, _length);
        }
    }

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
    internal unsafe RowRanking Begin(int* rows, int length)
    {
        _length = length;
        _gathered = false;
        if (_before.Length < RowRanking.WordsFor(length)) // the last to be allocated: where one could not be, it is made up for
        {
            _rows = new HostStorage<int>(length);
            _groups = new HostStorage<int>(length);
            _words = new HostStorage<ulong>(RowRanking.WordsFor(length));
            _before = new HostStorage<int>(RowRanking.WordsFor(length));
        }

        return new RowRanking
        {
            Named = rows,
            Length = length,
            Words = _words.Slice().Pointer,
            Before = _before.Slice().Pointer,
            Rows = _rows.Slice().Pointer,
            Groups = _groups.Slice().Pointer,
            Count = _count.Slice().Pointer,
        };
    }

    private void Gather()
    {
        if (_gathered)
            return;
        if (_positions.Length < _length)
        {
            _starts = new HostStorage<int>(_groups.Length + 1);
            _positions = new HostStorage<int>(_groups.Length);
        }

        // next[g] counts group g, then tells where it begins, then, as its positions are placed, where the next is to be: at last
        // where it ends, and so where group g + 1 begins.
        ReadOnlySpan<int> groups = Groups.Span;
        Span<int> starts = _starts.Span, next = starts.Slice(1, Count), positions = _positions.Span;
        starts[0] = 0;
        next.Clear();
        foreach (int group in groups)
            next[group]++;
        int start = 0;
        foreach (ref int place in next)
        {
            int count = place;
            place = start;
            start += count;
        }

        for (int position = 0; position < groups.Length; position++)
            positions[next[groups[position]]++] = position;
        _gathered = true;
    }
}
