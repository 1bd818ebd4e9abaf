// A column of rows while their number is not known yet: blocks of one size, so that growing neither copies what is there
// nor holds twice as much.

namespace ForecEngine.Recommenders.Data;

/// <summary>Values that are added one by one and taken as one array at the end.</summary>
internal sealed class Column<T>
{
    private const int BlockLength = 1 << 14;

    private readonly List<T[]> _blocks = [];

    /// <summary>How many there are.</summary>
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

    /// <summary>The values; the column is empty afterwards.</summary>
    public T[] Take()
    {
        T[] values = GC.AllocateUninitializedArray<T>(Count);
        for (int block = 0; block < _blocks.Count; block++)
            _blocks[block].AsSpan(0, Math.Min(BlockLength, Count - (block * BlockLength))).CopyTo(values.AsSpan(block * BlockLength));
        _blocks.Clear();
        Count = 0;
        return values;
    }
}
