// The memory of one pass of the tape. Pieces are allocated one after another and released together, and the next pass reuses the
// memory, so that a repeated training step allocates nothing.

namespace ForecEngine.Autodiff;

internal sealed class Arena(IDevice device)
{
    // Blocks grow by doubling, so that a tape for a few samples stays small.
    private const int FirstBlock = 1 << 12;
    private const int Doublings = 6;
    private const int Alignment = 16; // a cache line of floats

    private readonly List<Storage<Real>> _blocks = [];
    private int _block;
    private int _used;

    /// <summary>A piece of <paramref name="length"/> elements with undefined values.</summary>
    public Slice<Real> Allocate(int length)
    {
        while (_block < _blocks.Count && _blocks[_block].Length - _used < length)
            NextBlock();
        if (_block == _blocks.Count)
            _blocks.Add(device.Allocate<Real>(Math.Max(FirstBlock << Math.Min(_blocks.Count, Doublings), length)));
        Slice<Real> piece = _blocks[_block].Slice(_used, length);
        _used = Math.Min(_blocks[_block].Length, (_used + length + Alignment - 1) & ~(Alignment - 1));
        return piece;
    }

    /// <summary>Sets all pieces allocated since the last reset to zero.</summary>
    public void Clear()
    {
        for (int i = 0; i < _blocks.Count && i <= _block; i++)
            device.Fill(_blocks[i].Slice(0, i < _block ? _blocks[i].Length : _used), 0);
    }

    /// <summary>Releases all pieces.</summary>
    public void Reset()
    {
        _block = 0;
        _used = 0;
    }

    private void NextBlock()
    {
        _block++;
        _used = 0;
    }
}
