// Ids and their indexes, dense and in order of first appearance. Millions of ids stay compact: their UTF-8 bytes lie
// one after another in one pool, and a table of open addressing finds them; no id is an object.

using System.Text;

namespace ForecEngine.Recommenders.Data;

/// <summary>Ids, each with an index: 0, 1, ... in order of first appearance.</summary>
public sealed class IdTable
{
    private byte[] _pool = new byte[256];
    private int[] _ends = new int[16];
    private int[] _slots = NewSlots(32);

    /// <summary>How many ids there are.</summary>
    public int Count { get; private set; }

    /// <summary>The index of an id, which is added if it is new.</summary>
    public int Add(ReadOnlySpan<byte> utf8)
    {
        int slot = Slot(utf8);
        if (_slots[slot] >= 0)
            return _slots[slot];

        int start = Start(Count);
        int end = checked(start + utf8.Length);
        if (end > _pool.Length)
            Array.Resize(ref _pool, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _pool.Length)));
        if (Count == _ends.Length)
            Array.Resize(ref _ends, 2 * Count);
        utf8.CopyTo(_pool.AsSpan(start));
        _ends[Count] = end;
        _slots[slot] = Count++;
        if (2 * Count > _slots.Length)
            Rehash();
        return Count - 1;
    }

    /// <summary>The index of an id, which is added if it is new.</summary>
    public int Add(string id) => Add(Encoding.UTF8.GetBytes(id));

    /// <summary>Finds an id.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8, out int index)
    {
        index = _slots[Slot(utf8)];
        return index >= 0;
    }

    /// <summary>Finds an id.</summary>
    public bool TryFind(string id, out int index) => TryFind(Encoding.UTF8.GetBytes(id), out index);

    /// <summary>The bytes of the id at an index.</summary>
    public ReadOnlySpan<byte> Utf8(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int start = Start(index);
        return _pool.AsSpan(start, _ends[index] - start);
    }

    /// <summary>The id at an index.</summary>
    public string Text(int index) => Encoding.UTF8.GetString(Utf8(index));

    /// <summary>The place of each id among all, in the order of their bytes (strcmp's).</summary>
    public int[] Ranks()
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        Array.Sort(order, (a, b) => Utf8(a).SequenceCompareTo(Utf8(b)));
        int[] ranks = new int[Count];
        for (int rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }

    private static int[] NewSlots(int count)
    {
        int[] slots = new int[count];
        slots.AsSpan().Fill(-1);
        return slots;
    }

    private int Start(int index) => index == 0 ? 0 : _ends[index - 1];

    // The slot that holds the id, or the free one where it belongs. Linear probing; at most half the slots are taken.
    private int Slot(ReadOnlySpan<byte> utf8)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in utf8)
            hash = (hash ^ b) * 1099511628211;
        int slot = (int)((hash ^ (hash >> 32)) & (uint)(_slots.Length - 1));
        while (_slots[slot] >= 0 && !Utf8(_slots[slot]).SequenceEqual(utf8))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    private void Rehash()
    {
        _slots = NewSlots(checked(2 * _slots.Length));
        for (int index = 0; index < Count; index++)
            _slots[Slot(Utf8(index))] = index;
    }
}
