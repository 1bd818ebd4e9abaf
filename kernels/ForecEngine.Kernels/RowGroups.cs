// Which positions of a minibatch name which row of a table: the rows in ascending order, each with its positions in
// ascending order. The sum of an embedding row's gradient then has one owner and one order.

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels;

/// <summary>The positions of a minibatch grouped by the table row that they name. Reused from batch to batch.</summary>
public sealed class RowGroups
{
    private const int MostDigitBits = 11;

    private readonly int[] _counts = new int[1 << MostDigitBits];
    private HostStorage<int> _rows = new(0);
    private HostStorage<int> _starts = new(1);
    private HostStorage<int> _positions = new(0);
    private ulong[] _keys = [];
    private ulong[] _spare = [];
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
        if (!rows.IsEmpty)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(TensorPrimitives.Min(rows), nameof(rows));
            largest = TensorPrimitives.Max(rows);
        }

        _length = rows.Length;
        if (_positions.Length < rows.Length)
        {
            _rows = new HostStorage<int>(rows.Length);
            _starts = new HostStorage<int>(rows.Length + 1);
            _positions = new HostStorage<int>(rows.Length);
            _keys = new ulong[rows.Length];
            _spare = new ulong[rows.Length];
        }

        // A key is the row above its position. Radix sort by the row's digits, least significant first: stable, so equal rows
        // keep their positions ascending. Digits are as narrow as the passes allow, for each pass walks all their counts.
        Span<ulong> keys = _keys.AsSpan(0, rows.Length), spare = _spare.AsSpan(0, rows.Length);
        for (int i = 0; i < keys.Length; i++)
            keys[i] = ((ulong)(uint)rows[i] << 32) | (uint)i;
        int bits = 32 - BitOperations.LeadingZeroCount((uint)largest);
        int passes = (bits + MostDigitBits - 1) / MostDigitBits;
        int digitBits = passes == 0 ? 0 : (bits + passes - 1) / passes;
        for (int pass = 0; pass < passes; pass++)
        {
            SortByDigit(keys, spare, 32 + (pass * digitBits), _counts.AsSpan(0, 1 << digitBits));
            Span<ulong> sorted = spare;
            spare = keys;
            keys = sorted;
        }

        Count = Collect(keys, _rows.Span, _starts.Span, _positions.Span);
    }

    // The loops stand in methods of their own, for the compiler to keep their variables in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Collect(ReadOnlySpan<ulong> keys, Span<int> rows, Span<int> starts, Span<int> positions)
    {
        int count = 0, last = -1;
        for (int i = 0; i < keys.Length; i++)
        {
            // Written whether or not a group begins here, and kept if one does: no branch that is taken at random.
            int row = (int)(keys[i] >> 32);
            positions[i] = (int)keys[i];
            rows[count] = row;
            starts[count] = i;
            count += row != last ? 1 : 0;
            last = row;
        }

        starts[count] = keys.Length;
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SortByDigit(ReadOnlySpan<ulong> from, Span<ulong> to, int shift, Span<int> counts)
    {
        uint mask = (uint)counts.Length - 1;
        counts.Clear();
        foreach (ulong key in from)
            counts[(int)((uint)(key >> shift) & mask)]++;
        int place = 0;
        foreach (ref int count in counts)
            (count, place) = (place, place + count);
        foreach (ulong key in from)
            to[counts[(int)((uint)(key >> shift) & mask)]++] = key;
    }
}
