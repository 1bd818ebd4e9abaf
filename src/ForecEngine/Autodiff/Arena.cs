// The memory of one pass: pieces are taken one after another and all given back at once, so a training step that has
// been through once allocates nothing.

using ForecEngine.Kernels;

namespace ForecEngine.Autodiff;

/// <summary>A stack of device memory that only grows, and is emptied whole.</summary>
internal sealed class Arena(IDevice device)
{
    // Blocks double, so that a tape for a handful of samples stays small.
    private const int FirstBlock = 1 << 12;
    private const int Doublings = 6;
    private const int Alignment = 16; // a cache line of floats

    private readonly List<Storage<Real>> _blocks = [];
    private int _block;
    private int _used;

    /// <summary>A piece of <paramref name="length"/> elements of any value.</summary>
    public Slice<Real> Take(int length)
    {
        while (_block < _blocks.Count && _blocks[_block].Length - _used < length)
            NextBlock();
        if (_block == _blocks.Count)
            _blocks.Add(device.Allocate<Real>(Math.Max(FirstBlock << Math.Min(_blocks.Count, Doublings), length)));
        Slice<Real> piece = _blocks[_block].Slice(_used, length);
        _used = Math.Min(_blocks[_block].Length, (_used + length + Alignment - 1) & ~(Alignment - 1));
        return piece;
    }

    /// <summary>Sets every piece taken since the last reset to zero.</summary>
    public void Clear()
    {
        for (int i = 0; i < _blocks.Count && i <= _block; i++)
            device.Fill(_blocks[i].Slice(0, i < _block ? _blocks[i].Length : _used), 0);
    }

    /// <summary>Takes every piece back.</summary>
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
