// Copies a Parquet file's footer (Thrift's compact protocol) with only the known fields, and checks it on the way. Parquet.Net ignores
// the type of a field, loses its position after an unknown struct and does not stop at the end of the footer, so that a damaged
// footer can make it loop for ever. It therefore only gets footers that are complete and whose fields have the right types.

using System.Buffers;

namespace ForecEngine.Recommenders.Data;

internal static class ParquetFooter
{
    private const int MostDepth = 16;

    // The library walks the schema tree recursively; the bound keeps it from overflowing the stack.
    private const int MostColumns = 10_000;

    // The types of the compact protocol.
    private const int True = 1, False = 2, Byte = 3, I16 = 4, I32 = 5, I64 = 6, Double = 7, Binary = 8;
    private const int List = 9, Set = 10, Map = 11, Struct = 12;

    private static readonly Shape s_bool = new(True), s_byte = new(Byte), s_i16 = new(I16), s_i32 = new(I32);
    private static readonly Shape s_i64 = new(I64), s_binary = new(Binary);

    // The structs of parquet.thrift, with their fields in order from number 1; null is a number that is not used.
    private static readonly Shape s_empty = Of();
    private static readonly Shape s_unit = Of(s_empty, s_empty, s_empty);
    private static readonly Shape s_logical = Of(
        s_empty, s_empty, s_empty, s_empty, Of(s_i32, s_i32), s_empty, Of(s_bool, s_unit), Of(s_bool, s_unit), null,
        Of(s_byte, s_bool), s_empty, s_empty, s_empty, s_empty, s_empty);

    private static readonly Shape s_keyValue = Of(s_binary, s_binary);
    private static readonly Shape s_statistics = Of(s_binary, s_binary, s_i64, s_i64, s_binary, s_binary, s_bool, s_bool);
    private static readonly Shape s_column = Of(
        s_i32, ListOf(s_i32), ListOf(s_binary), s_i32, s_i64, s_i64, s_i64, ListOf(s_keyValue),
        s_i64, s_i64, s_i64, s_statistics, ListOf(Of(s_i32, s_i32, s_i32)));

    private static readonly Shape s_chunk = Of(s_binary, s_i64, s_column, s_i64, s_i32, s_i64, s_i32);
    private static readonly Shape s_group = Of(ListOf(s_chunk), s_i64, s_i64, ListOf(Of(s_i32, s_bool, s_bool)), s_i64, s_i64, s_i16);
    private static readonly Shape s_element = Of(s_i32, s_i32, s_i32, s_binary, s_i32, s_i32, s_i32, s_i32, s_i32, s_logical);
    private static readonly Shape s_footer =
        Of(s_i32, ListOf(s_element, MostColumns), s_i64, ListOf(s_group), ListOf(s_keyValue), s_binary);

    /// <summary>A copy of a footer with only its known fields.</summary>
    public static byte[] Checked(ReadOnlySpan<byte> footer)
    {
        ArrayBufferWriter<byte> copy = new(footer.Length + 1);
        Reader reader = new(footer);
        reader.CopyStruct(s_footer, copy, 0);
        return copy.WrittenSpan.ToArray();
    }

    private static Shape Of(params Shape?[] fields) => new(Struct) { Fields = fields };

    private static Shape ListOf(Shape element, int most = int.MaxValue) => new(List) { Element = element, Most = most };

    /// <summary>The expected type of a value: a number or text, a list of elements, or a struct of fields.</summary>
    private sealed record Shape(int Type)
    {
        public Shape?[] Fields { get; init; } = [];

        public Shape? Element { get; init; }

        public int Most { get; init; }

        public bool Is(int type) => type == Type || (Type == True && type == False);
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _left = bytes;

        // Fields with an unknown number are skipped, together with everything inside them (shape is null there).
        public void CopyStruct(Shape? shape, ArrayBufferWriter<byte>? to, int depth)
        {
            if (depth > MostDepth)
                throw new InvalidDataException();
            int id = 0;
            for (int header = Take(1)[0]; header != 0; header = Take(1)[0])
            {
                int type = header & 15;
                id = header >> 4 == 0 ? ZigZag(Number()) : id + (header >> 4);
                Shape? field = shape is not null && id >= 1 && id <= shape.Fields.Length ? shape.Fields[id - 1] : null;
                if (field is null)
                {
                    Copy(type, null, null, depth);
                    continue;
                }

                if (!field.Is(type))
                    throw new InvalidDataException();
                to.Copied([(byte)type, (byte)(2 * id)]);
                Copy(type, field, to, depth);
            }

            to.Copied([0]);
        }

        private void Copy(int type, Shape? shape, ArrayBufferWriter<byte>? to, int depth)
        {
            switch (type)
            {
                case True or False:
                    break;
                case Byte:
                    to.Copied(Take(1));
                    break;
                case I16 or I32 or I64:
                    ReadOnlySpan<byte> number = _left;
                    Number();
                    to.Copied(number[..^_left.Length]);
                    break;
                case Double:
                    to.Copied(Take(sizeof(double)));
                    break;
                case Binary:
                    ReadOnlySpan<byte> text = _left;
                    Take(Number());
                    to.Copied(text[..^_left.Length]);
                    break;
                case List or Set:
                    CopyList(shape, to, depth);
                    break;
                case Map:
                    SkipMap(depth);
                    break;
                case Struct:
                    CopyStruct(shape, to, depth + 1);
                    break;
                default:
                    throw new InvalidDataException();
            }
        }

        private void CopyList(Shape? shape, ArrayBufferWriter<byte>? to, int depth)
        {
            ReadOnlySpan<byte> header = _left;
            int first = Take(1)[0], type = first & 15;
            ulong size = first >> 4 == 15 ? Number() : (ulong)(first >> 4);

            // Each element takes at least one byte, so a larger size cannot be right.
            if (size > (ulong)_left.Length || (shape is not null && (size > (ulong)shape.Most || (size > 0 && !shape.Element!.Is(type)))))
                throw new InvalidDataException();
            to.Copied(header[..^_left.Length]);
            for (ulong i = 0; i < size; i++)
                CopyElement(type, shape?.Element, to, depth);
        }

        private void SkipMap(int depth)
        {
            ulong size = Number();
            if (size == 0)
                return;
            int types = Take(1)[0];
            for (ulong i = 0; i < size; i++)
            {
                CopyElement(types >> 4, null, null, depth);
                CopyElement(types & 15, null, null, depth);
            }
        }

        // In a struct, the type of a field holds its boolean value; in a list or map, a boolean is a byte.
        private void CopyElement(int type, Shape? shape, ArrayBufferWriter<byte>? to, int depth)
        {
            if (depth > MostDepth)
                throw new InvalidDataException();
            Copy(type is True or False ? Byte : type, shape, to, depth + 1);
        }

        private ReadOnlySpan<byte> Take(ulong count)
        {
            if (count > (ulong)_left.Length)
                throw new InvalidDataException();
            ReadOnlySpan<byte> taken = _left[..(int)count];
            _left = _left[(int)count..];
            return taken;
        }

        private ulong Number()
        {
            ulong number = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                int digit = Take(1)[0];
                number |= (ulong)(digit & 0x7F) << shift;
                if (digit < 0x80)
                    return number;
            }

            throw new InvalidDataException();
        }

        private static int ZigZag(ulong number) => (int)((number >> 1) & 0x7FFF) * ((number & 1) == 0 ? 1 : -1);
    }

    private static void Copied(this ArrayBufferWriter<byte>? to, ReadOnlySpan<byte> bytes) => to?.Write(bytes);
}
