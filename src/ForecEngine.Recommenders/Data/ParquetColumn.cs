// Reads a column of a Parquet row group and returns its values as text.

using Parquet;
using Parquet.Schema;

namespace ForecEngine.Recommenders.Data;

internal abstract class ParquetColumn
{
    /// <summary>The text of the value that was read last.</summary>
    public abstract ReadOnlySpan<byte> Text { get; }

    /// <summary>A column by its type in the file, or null if that type is not supported.</summary>
    public static ParquetColumn? Of(DataField field, bool isId)
    {
        if (field.MaxRepetitionLevel > 0 || field.MaxDefinitionLevel > 1)
            return null;
        Type type = field.ClrType;
        return type == typeof(ReadOnlyMemory<char>) || type == typeof(string) ? new Column<ReadOnlyMemory<char>>(field, "")
            : type == typeof(ReadOnlyMemory<byte>) || type == typeof(byte[]) ? new Column<ReadOnlyMemory<byte>>(field, "")
            : type == typeof(long) ? new Column<long>(field, "D")
            : type == typeof(ulong) ? new Column<ulong>(field, "D")
            : type == typeof(int) ? new Column<int>(field, "D")
            : type == typeof(uint) ? new Column<uint>(field, "D")
            : type == typeof(short) ? new Column<short>(field, "D")
            : type == typeof(ushort) ? new Column<ushort>(field, "D")
            : type == typeof(sbyte) ? new Column<sbyte>(field, "D")
            : type == typeof(byte) ? new Column<byte>(field, "D")
            : type == typeof(Guid) ? new Column<Guid>(field, "D")
            : isId ? null
            : type == typeof(double) ? new Column<double>(field, "R")
            : type == typeof(float) ? new Column<float>(field, "R")
            : type == typeof(decimal) ? new Column<decimal>(field, "")
            : type == typeof(DateTime) ? new Column<DateTime>(field, "yyyy-MM-ddTHH:mm:ss.fffffff")
            : type == typeof(DateOnly) ? new Column<DateOnly>(field, "yyyy-MM-dd")
            : null;
    }

    /// <summary>Reads the column's values in a row group.</summary>
    public abstract void ReadGroup(ParquetRowGroupReader group, int rows);

    /// <summary>Reads the value of a row. Rows must be read in order.</summary>
    /// <returns>False if it is null.</returns>
    public abstract bool TryRead(int row);

    private sealed class Column<T>(DataField field, string format) : ParquetColumn
        where T : struct
    {
        private T[] _values = [];
        private int[]? _levels;
        private int _next;
        private byte[] _text = new byte[64];
        private int _length;

        public override ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

        public override void ReadGroup(ParquetRowGroupReader group, int rows)
        {
            if (_values.Length < rows)
            {
                _values = GC.AllocateUninitializedArray<T>(rows);
                _levels = field.MaxDefinitionLevel > 0 ? GC.AllocateUninitializedArray<int>(rows) : null;
            }

            _next = 0;
            group.ReadRawAsync(field, _values.AsMemory(0, rows), _levels?.AsMemory(0, rows), null).AsTask().GetAwaiter().GetResult();
        }

        // The library stores the values one after another and leaves nulls out.
        public override bool TryRead(int row)
        {
            if (_levels is not null && _levels[row] < field.MaxDefinitionLevel)
                return false;
            _length = Write(_values[_next++]);
            return true;
        }

        private int Write(T value)
        {
            if (value is ReadOnlyMemory<char> text)
            {
                Room(Encoding.UTF8.GetMaxByteCount(text.Length));
                return Encoding.UTF8.GetBytes(text.Span, _text);
            }

            if (value is ReadOnlyMemory<byte> bytes)
            {
                Room(bytes.Length);
                bytes.Span.CopyTo(_text);
                return bytes.Length;
            }

            return value is IUtf8SpanFormattable number
                && number.TryFormat(_text, out int length, format, CultureInfo.InvariantCulture) ? length : 0;
        }

        private void Room(int length)
        {
            if (_text.Length < length)
                _text = new byte[2 * length];
        }
    }
}
