// The positions of a gradient grouped by the table row that they name: rows in ascending order, each with its positions in ascending
// order. So the sum of a row's gradient has one owner and one order. The SIMD device sums in the order of the positions and needs only
// the group of each; the scalar device sums a group at a time and needs the positions of each.

namespace ForecEngine.Kernels;

/// <summary>Positions grouped by the table row that they name, in the host's memory. Reused from batch to batch.</summary>
internal sealed class RowGroups
{
    private readonly HostStorage<int> _count = new(1);
    private HostStorage<int> _named = new(0);
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

    /// <summary>The group, from 0, of each position.</summary>
    public Slice<int> Groups => _groups.Slice(0, _length);

    /// <summary>
    /// The index in <see cref="Positions"/> of each group's first position, then the number of positions. Computed on first use.
    /// </summary>
    public Slice<int> Starts
    {
        get
        {
            Gather();
            return _starts.Slice(0, Count + 1);
        }
    }

    /// <summary>The positions, group by group, ascending within a group. Computed on first use.</summary>
    public Slice<int> Positions
    {
        get
        {
            Gather();
            return _positions.Slice(0, _length);
        }
    }

    /// <summary>
    /// Groups the positions 0, 1, ... of <paramref name="rows"/>, none negative. Allocates only for batches larger than all before.
    /// </summary>
    public void Build(ReadOnlySpan<int> rows) => Begin(rows).Run();

    /// <summary>Whether these are the rows that were grouped last.</summary>
    public bool Hold(ReadOnlySpan<int> rows) => rows.SequenceEqual(_named.Slice(0, _length).Span);

    /// <summary>Copies rows, none negative, and gives the grouping to run; earlier groups are gone.</summary>
    public unsafe RowRanking Begin(ReadOnlySpan<int> rows)
    {
        int length = _length = rows.Length;
        _gathered = false;
        if (_before.Length < RowRanking.WordsFor(length)) // the last to be allocated, so that a failed attempt is repeated
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

    private void Gather()
    {
        if (_gathered)
            return;
        if (_positions.Length < _length)
        {
            _starts = new HostStorage<int>(_groups.Length + 1);
            _positions = new HostStorage<int>(_groups.Length);
        }

        // next[g] is first the size of group g, then its first index, then the index of the next position to be placed: at the end the
        // first index of group g + 1.
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
