// Maps ids to indexes 0, 1, ... in order of first appearance. Millions of ids stay compact: their UTF-8 bytes are stored one after
// another in one pool, and an open-addressing hash table finds them. A slot keeps the hash beside the index, so that a collision or
// a growing table rarely needs to read the pool, which is far larger than the CPU's caches.

using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Data;

/// <summary>Ids with their indexes: 0, 1, ... in order of first appearance.</summary>
public sealed class IdTable
{
    private byte[] _pool = new byte[256];
    private int[] _ends = new int[16];
    private Slot[] _slots = new Slot[32];

    /// <summary>The number of ids.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an id unless it exists, and returns its index.</summary>
    public int Add(ReadOnlySpan<byte> utf8)
    {
        uint hash = Hash(utf8);
        int place = Place(utf8, hash);
        if (_slots[place].Taken)
            return _slots[place].Index;

        int start = Start(Count);
        int end = checked(start + utf8.Length);
        if (end > _pool.Length)
            Array.Resize(ref _pool, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _pool.Length)));
        if (Count == _ends.Length)
            Array.Resize(ref _ends, 2 * Count);
        utf8.CopyTo(_pool.AsSpan(start));
        _ends[Count] = end;
        _slots[place] = new Slot(hash, Count++);
        if (2 * Count > _slots.Length)
            Grow();
        return Count - 1;
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{byte})"/>
    public int Add(string id) => Add(Encoding.UTF8.GetBytes(id));

    /// <summary>Finds an id.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8, out int index)
    {
        Slot slot = _slots[Place(utf8, Hash(utf8))];
        index = slot.Index;
        return slot.Taken;
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

    /// <summary>The rank of each id in the order of the ids' bytes (that of strcmp), from 0.</summary>
    public int[] Ranks()
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        Array.Sort(order, (a, b) => Utf8(a).SequenceCompareTo(Utf8(b)));
        int[] ranks = new int[Count];
        for (int rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }

    private int Start(int index) => index == 0 ? 0 : _ends[index - 1];

    // Hashes eight bytes at a time. Indexes do not depend on the hash.
    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)utf8.Length;
        for (; utf8.Length >= sizeof(ulong); utf8 = utf8[sizeof(ulong)..])
            hash = Mixed(hash ^ MemoryMarshal.Read<ulong>(utf8));
        ulong rest = 0;
        foreach (byte b in utf8)
            rest = (rest << 8) | b;
        hash = Mixed(hash ^ rest);
        return (uint)(hash ^ (hash >> 32));

        static ulong Mixed(ulong x) => (x ^ (x >> 29)) * Multiplier;
    }

    // The slot of the id, or the free slot for it. Linear probing; at most half the slots are taken.
    private int Place(ReadOnlySpan<byte> utf8, uint hash)
    {
        int place = (int)(hash & (uint)(_slots.Length - 1));
        while (_slots[place] is { Taken: true } slot && !(slot.Hash == hash && Utf8(slot.Index).SequenceEqual(utf8)))
            place = (place + 1) & (_slots.Length - 1);
        return place;
    }

    private void Grow()
    {
        Slot[] larger = new Slot[checked(2 * _slots.Length)];
        foreach (Slot slot in _slots)
        {
            if (!slot.Taken)
                continue;
            int place = (int)(slot.Hash & (uint)(larger.Length - 1));
            while (larger[place].Taken)
                place = (place + 1) & (larger.Length - 1);
            larger[place] = slot;
        }

        _slots = larger;
    }

    // Stores the index plus 1, so that a zeroed slot is free.
    private readonly struct Slot(uint hash, int index)
    {
        private readonly int _number = index + 1;

        public uint Hash { get; } = hash;

        public int Index => _number - 1;

        public bool Taken => _number > 0;
    }
}
