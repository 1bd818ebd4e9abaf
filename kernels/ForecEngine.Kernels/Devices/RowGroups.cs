// The positions of a gradient, grouped by their table row. The distinct rows ascend, and a position's group is the index of its row among
// them. So one thread sums a row's gradient, in the order of the positions.

namespace ForecEngine.Kernels;

/// <summary>Positions grouped by table row, in host memory. Reused from batch to batch.</summary>
internal sealed class RowGroups
{
    private readonly HostStorage<int> _count = new(1);
    private HostStorage<int> _named = new(0);
    private HostStorage<int> _rows = new(0);
    private HostStorage<int> _groups = new(0);
    private HostStorage<ulong> _words = new(0);
    private HostStorage<int> _before = new(0);
    private int _length;

    /// <summary>The number of distinct rows.</summary>
    public int Count => _count.Span[0];

    /// <summary>The distinct rows, ascending.</summary>
    public Slice<int> Rows => _rows.Slice(0, Count);

    /// <summary>The group of each position, from 0.</summary>
    public Slice<int> Groups => _groups.Slice(0, _length);

    /// <summary>
    /// Groups the positions 0, 1, ... of <paramref name="rows"/>, none negative. Allocates only for batches larger than all before.
    /// </summary>
    public void Build(ReadOnlySpan<int> rows) => Begin(rows).Run();

    /// <summary>Whether the last grouping was of exactly these rows.</summary>
    public bool Hold(ReadOnlySpan<int> rows) => rows.SequenceEqual(_named.Slice(0, _length).Span);

    /// <summary>Copies rows, none of them negative, and returns the grouping to run. Discards earlier groups.</summary>
    public unsafe RowRanking Begin(ReadOnlySpan<int> rows)
    {
        int length = _length = rows.Length;
        if (_before.Length < RowRanking.WordsFor(length)) // allocated last, so that a failed attempt is repeated
        {
            _named = new HostStorage<int>(length);
            _rows = new HostStorage<int>(length);
            _groups = new HostStorage<int>(length);
            _words = new HostStorage<ulong>(RowRanking.WordsFor(length));
            _before = new HostStorage<int>(RowRanking.WordsFor(length));
        }

        _named.Write(0, rows);
        return new RowRanking
        {
            Named = _named.Slice().Pointer,
            Length = length,
            Words = _words.Slice().Pointer,
            Before = _before.Slice().Pointer,
            Rows = _rows.Slice().Pointer,
            Groups = _groups.Slice().Pointer,
            Count = _count.Slice().Pointer,
        };
    }
}
