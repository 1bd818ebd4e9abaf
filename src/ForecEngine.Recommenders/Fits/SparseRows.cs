// A sparse 0/1 matrix in compressed rows: the items of each user, or the users of each item.

namespace ForecEngine.Recommenders.Fits;

/// <summary>A list of columns for each row.</summary>
public sealed class SparseRows
{
    private readonly int[] _starts;
    private readonly int[] _columns;

    private SparseRows(int[] starts, int[] columns) => (_starts, _columns) = (starts, columns);

    /// <summary>No rows.</summary>
    public static SparseRows Empty { get; } = new([0], []);

    /// <summary>How many rows.</summary>
    public int Rows => _starts.Length - 1;

    /// <summary>A row's columns; empty for a row that does not exist.</summary>
    public ReadOnlySpan<int> Of(int row) => row < Rows ? _columns.AsSpan(_starts[row].._starts[row + 1]) : [];

    /// <summary>The number of columns of each row.</summary>
    public IEnumerable<int> Lengths => Enumerable.Range(0, Rows).Select(row => _starts[row + 1] - _starts[row]);

    /// <summary>The offset of a row's columns among those of all rows.</summary>
    public int Start(int row) => _starts[row];

    /// <summary>Rows from lists.</summary>
    public static SparseRows Of(IReadOnlyList<IReadOnlyList<int>> rows)
    {
        int[] starts = new int[rows.Count + 1];
        for (int row = 0; row < rows.Count; row++)
            starts[row + 1] = starts[row] + rows[row].Count;
        return new SparseRows(starts, [.. rows.SelectMany(row => row)]);
    }

    /// <summary>The transpose: for each column, its rows, ascending.</summary>
    public SparseRows Transposed(int columns)
    {
        int[] starts = new int[columns + 1], rows = new int[_columns.Length];
        foreach (int column in _columns)
            starts[column + 1]++;
        for (int column = 0; column < columns; column++)
            starts[column + 1] += starts[column];
        int[] next = starts[..^1];
        for (int row = 0; row < Rows; row++)
        {
            foreach (int column in Of(row))
                rows[next[column]++] = row;
        }

        return new SparseRows(starts, rows);
    }

    /// <summary>The tensors of a checkpoint.</summary>
    public IEnumerable<SafeTensor> Tensors(string name) =>
    [
        SafeTensor.Of($"{name}.starts", Array.ConvertAll(_starts, start => (long)start), _starts.Length),
        SafeTensor.Of($"{name}.columns", Array.ConvertAll(_columns, column => (long)column), _columns.Length),
    ];

    /// <summary>Reads rows from a checkpoint.</summary>
    /// <exception cref="CheckpointException">The tensors are inconsistent, or a column is out of range.</exception>
    public static SparseRows Read(SafetensorsFile file, string name, int columns)
    {
        long[] starts = file.Find($"{name}.starts").ToInt64s(), all = file.Find($"{name}.columns").ToInt64s();
        bool isWhole = starts.Length > 0 && starts[0] == 0 && starts[^1] == all.Length
            && starts.Zip(starts.Skip(1)).All(pair => pair.First <= pair.Second) && all.All(column => column >= 0 && column < columns);
        return isWhole
            ? new SparseRows(Array.ConvertAll(starts, start => (int)start), Array.ConvertAll(all, column => (int)column))
            : throw new CheckpointException(file.Path, $"{name} is damaged: its tensors are inconsistent");
    }
}
