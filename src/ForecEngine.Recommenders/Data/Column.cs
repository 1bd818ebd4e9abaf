// A growing column for an unknown number of rows. It consists of blocks of equal size, so that growing copies nothing and needs no
// spare room of the same size.

namespace ForecEngine.Recommenders.Data;

internal sealed class Column<T>
{
    private const int BlockLength = 1 << 14;

    private readonly List<T[]> _blocks = [];

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The value at an index.</summary>
    public ref T this[int index] => ref _blocks[index / BlockLength][index % BlockLength];

    /// <summary>Adds a value.</summary>
    public void Add(T value)
    {
        int place = Count % BlockLength;
        if (place == 0)
            _blocks.Add(new T[BlockLength]);
        _blocks[^1][place] = value;
        Count++;
    }

    /// <summary>Moves the values to an array; the column is empty afterwards.</summary>
    public T[] MoveToArray()
    {
        T[] values = GC.AllocateUninitializedArray<T>(Count);
        for (int block = 0; block < _blocks.Count; block++)
            _blocks[block].AsSpan(0, Math.Min(BlockLength, Count - (block * BlockLength))).CopyTo(values.AsSpan(block * BlockLength));
        _blocks.Clear();
        Count = 0;
        return values;
    }
}
