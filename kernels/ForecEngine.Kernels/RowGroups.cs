// Which positions of a minibatch name which row of a table: the rows in ascending order, each with its positions in
// ascending order. The sum of an embedding row's gradient then has one owner and one order.

namespace ForecEngine.Kernels;

/// <summary>The positions of a minibatch grouped by the table row that they name. Reused from batch to batch.</summary>
public sealed class RowGroups
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    private readonly int[] _counts = new int[Digits];
    private HostStorage<int> _rows = new(0);
    private HostStorage<int> _starts = new(1);
    private HostStorage<int> _positions = new(0);
    private int[] _spare = [];
    private int _length;

    /// <summary>How many distinct rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>The distinct rows, ascending.</summary>
    public Slice<int> Rows => _rows.Slice(0, Count);

    /// <summary>Where each group's positions begin in <see cref="Positions"/>, and one place more: where the last ends.</summary>
    public Slice<int> Starts => _starts.Slice(0, Count + 1);

    /// <summary>The positions, group by group, ascending within a group.</summary>
    public Slice<int> Positions => _positions.Slice(0, _length);

    /// <summary>Groups the positions 0, 1, ... of <paramref name="rows"/>. Does not allocate once it has seen a batch as large.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative; the groups stay as they were.</exception>
    public void Build(ReadOnlySpan<int> rows)
    {
        int largest = 0;
        foreach (int row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            largest = Math.Max(largest, row);
        }

        _length = rows.Length;
        if (_positions.Length < rows.Length)
        {
            _rows = new HostStorage<int>(rows.Length);
            _starts = new HostStorage<int>(rows.Length + 1);
            _positions = new HostStorage<int>(rows.Length);
            _spare = new int[rows.Length];
        }

        Span<int> positions = _positions.Span[..rows.Length];
        for (int i = 0; i < positions.Length; i++)
            positions[i] = i;

        // Radix sort, least significant digit first: stable, so equal rows keep their positions ascending.
        for (int shift = 0; shift < 31 && (largest >> shift) > 0; shift += DigitBits)
        {
            SortByDigit(rows, positions, _spare, shift);
            _spare.AsSpan(0, positions.Length).CopyTo(positions);
        }

        Span<int> distinct = _rows.Span;
        Span<int> starts = _starts.Span;
        int count = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            int row = rows[positions[i]];
            if (count == 0 || distinct[count - 1] != row)
            {
                distinct[count] = row;
                starts[count++] = i;
            }
        }

        starts[count] = positions.Length;
        Count = count;
    }

    private void SortByDigit(ReadOnlySpan<int> rows, ReadOnlySpan<int> from, Span<int> to, int shift)
    {
        Span<int> counts = _counts;
        counts.Clear();
        foreach (int position in from)
            counts[(rows[position] >> shift) & (Digits - 1)]++;
        int place = 0;
        foreach (ref int count in counts)
            (count, place) = (place, place + count);
        foreach (int position in from)
            to[counts[(rows[position] >> shift) & (Digits - 1)]++] = position;
    }
}
