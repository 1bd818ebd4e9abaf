// Reads rows of a Parquet file by the library Parquet.Net, which holds the columns of one row group in memory. The library trusts the
// sizes in a file, and may allocate too much memory or loop for ever if the file is damaged. So the number of rows is
// checked against the file's size here, and ParquetStream checks the footer and limits how much is read.

using System.Text.Unicode;
using Parquet;
using Parquet.Schema;

namespace ForecEngine.Recommenders.Data;

internal sealed class ParquetRows : RowReader
{
    private readonly string _path;
    private readonly ParquetReader _file;
    private readonly DataField[] _columns;
    private readonly ParquetColumn?[] _values;
    private readonly long _mostRows;
    private int _group;
    private int _row = -1;
    private int _rows;
    private long _rowsBefore;

    private ParquetRows(string path, ParquetReader file, DataField[] fields, RatingColumns columns, long length)
        : base(columns)
    {
        (_path, _file, _columns) = (path, file, fields);
        _values = new ParquetColumn?[fields.Length];

        // A limit far above the rows of a valid file: even repeated ids take some bits per row.
        _mostRows = Math.Max(1 << 20, 1024 * length);
    }

    // The library replaces bytes that are not valid UTF-8 by this character.
    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>Opens a file.</summary>
    public static ParquetRows Open(string path, ColumnNames names)
    {
        Stream stream = Guard(path, () => new ParquetStream(path));
        try
        {
            ParquetReader file = Guard(path, () => ParquetReader.CreateAsync(stream, leaveStreamOpen: false).GetAwaiter().GetResult());
            DataField[] columns = Guard(path, () => file.Schema.DataFields);
            if (!RatingColumns.TryChoose([.. columns.Select(column => column.Path.ToString())], names,
                out RatingColumns chosen, out string problem))
                throw new DataFormatException($"{path}: {problem}");
            ParquetRows rows = new(path, file, columns, chosen, stream.Length);
            foreach (int column in rows.Places)
                rows._values[column] = ParquetColumn.Of(columns[column], isId: column == chosen.User || column == chosen.Item)
                    ?? throw NotRead(path, columns[column], column == chosen.User || column == chosen.Item);
            return rows;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override bool IsSeekable => true;

    public override bool TryRead()
    {
        while (_row + 1 >= _rows)
        {
            if (_group >= _file.RowGroupCount)
                return false;
            ReadGroup(_group++);
        }

        _row++;
        foreach (int column in Places)
        {
            if (!_values[column]!.TryRead(_row))
                throw Fault($"column {_columns[column].Name} is null");
            if (!Utf8.IsValid(Field(column)) || Field(column).IndexOf(Replacement) >= 0)
                throw Fault($"column {_columns[column].Name} is not UTF-8 text");
        }

        return true;
    }

    public override ReadOnlySpan<byte> Field(int column) => _values[column]!.Text;

    public override DataFormatException Fault(string problem) => new($"{_path}: row {_rowsBefore + _row + 1}: {problem}");

    protected override void Dispose(bool disposing) => _file.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void ReadGroup(int group)
    {
        _rowsBefore += _rows;
        _row = -1;
        ParquetRowGroupReader reader = Guard(_path, () => _file.OpenRowGroupReader(group));
        if (reader.RowCount < 0 || reader.RowCount > Math.Min(_mostRows, Array.MaxLength))
            throw Damaged(_path, null);
        _rows = (int)reader.RowCount;
        foreach (int column in Places)
        {
            Guard(_path, () =>
            {
                if (reader.GetMetadata(_columns[column])?.MetaData?.NumValues != _rows)
                    throw new InvalidDataException();
                _values[column]!.ReadGroup(reader, _rows);
                return true;
            });
        }
    }

    // A damaged file makes the library throw exceptions of many kinds: arithmetic, index and cast errors among them.
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is NotSupportedException or NotImplementedException)
        {
            throw new DataFormatException(
                $"{path}: the Parquet file is damaged, or uses a feature that is not supported "
                + $"({LineReader.Quote(exception.Message)})",
                exception);
        }
        catch (OutOfMemoryException exception)
        {
            throw new DataFormatException(
                $"{path}: the Parquet file is damaged, or one of its row groups does not fit in memory", exception);
        }
        catch (Exception exception) when (exception is not DataFormatException)
        {
            throw Damaged(path, exception);
        }
    }

    private static DataFormatException NotRead(string path, DataField column, bool isId) => new(
        $"{path}: column {column.Name} has type {column.ClrType.Name}; expects "
        + (isId ? "a text or a whole number as id" : "a text, a number or a time"));

    private static DataFormatException Damaged(string path, Exception? cause) =>
        new($"{path}: the Parquet file is damaged or truncated; fetch it again", cause);
}
