// Reads and writes the JSON header of a safetensors file: {"__metadata__": {KEY: TEXT}, NAME: {"dtype": "F32", "shape": [2, 3],
// "data_offsets": [begin, end]}, ...}. Offsets are in bytes from the end of the header. The tensors fill the data without gaps
// or overlap. (https://huggingface.co/docs/safetensors)

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace ForecEngine.Checkpoints;

internal sealed record SafeEntry(string Name, SafeDtype Dtype, IReadOnlyList<int> Shape, long Begin, long End);

internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafeEntry> Entries)
{
    public const string MetadataName = "__metadata__";

    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const int Longest = 100_000_000;

    private const string KnownDtypes = "F16, BF16, F32, F64, I64, I32 and U8";

    /// <summary>The header's bytes, padded with spaces to a multiple of 8 so that the data starts aligned.</summary>
    public byte[] ToBytes()
    {
        ArrayBufferWriter<byte> buffer = new();
        // The default encoder also escapes characters that are special in HTML, which makes names harder to read.
        using (Utf8JsonWriter json = new(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataName);
                foreach ((string key, string value) in Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            foreach (SafeEntry entry in Entries)
                Write(json, entry);
            json.WriteEndObject();
        }

        byte[] bytes = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        buffer.WrittenSpan.CopyTo(bytes);
        bytes.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return bytes;
    }

    /// <summary>Reads a header and checks it against every rule of the format.</summary>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> bytes, long dataLength)
    {
        try
        {
            if (!Utf8.IsValid(bytes.Span))
                Fail(file, "the header is not UTF-8");
            if (!bytes.Span.StartsWith("{"u8))
                Fail(file, "the header does not start with '{': not a safetensors file, or a damaged one");
            using JsonDocument document = JsonDocument.Parse(bytes);
            SafetensorsHeader header = Parse(file, document.RootElement);
            RequireNoHoles(file, header.Entries, dataLength);
            return header;
        }
        catch (JsonException e)
        {
            string place = e is { LineNumber: 0, BytePositionInLine: long position } ? $" (byte {position} of it)" : "";
            throw new CheckpointException(file, $"the header is not JSON{place}: not a safetensors file, or a damaged one", e);
        }
        catch (InvalidOperationException e)
        {
            // System.Text.Json throws this for an escaped surrogate without its other half.
            throw new CheckpointException(file, "the header holds text that is not Unicode", e);
        }
    }

    private static void Write(Utf8JsonWriter json, SafeEntry entry)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.Dtype.ToString());
        json.WriteStartArray("shape");
        foreach (int extent in entry.Shape)
            json.WriteNumberValue(extent);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Begin);
        json.WriteNumberValue(entry.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static SafetensorsHeader Parse(string file, JsonElement root)
    {
        Dictionary<string, string> metadata = [];
        List<SafeEntry> entries = [];
        HashSet<string> names = [];
        foreach (JsonProperty property in root.EnumerateObject())
        {
            string name = property.Name;
            if (!names.Add(name))
                Fail(file, $"the header names {Quoted.Name(name)} twice");
            if (name == MetadataName)
                ReadMetadata(file, property.Value, metadata);
            else
                entries.Add(Entry(file, name, property.Value));
        }

        // OrderBy is stable, so tensors without elements keep the header's order.
        return new(metadata, [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)]);
    }

    private static void ReadMetadata(string file, JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
            Fail(file, $"{MetadataName} is not an object of strings");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                Fail(file, $"{MetadataName} {Quoted.Name(property.Name)} is not a string");
            if (!metadata.TryAdd(property.Name, property.Value.GetString() ?? ""))
                Fail(file, $"{MetadataName} names {Quoted.Name(property.Name)} twice");
        }
    }

    private static SafeEntry Entry(string file, string name, JsonElement value)
    {
        string tensor = $"tensor {Quoted.Name(name)}";
        if (value.ValueKind != JsonValueKind.Object)
            Fail(file, $"{tensor} is not described by an object");
        SafeDtype dtype = Dtype(file, tensor, Member(file, tensor, value, "dtype"));
        int[] shape = Shape(file, tensor, Member(file, tensor, value, "shape"));
        (long begin, long end) = Offsets(file, tensor, Member(file, tensor, value, "data_offsets"));
        if (end - begin > Array.MaxLength)
            Fail(file, $"{tensor} has {end - begin} bytes; more than {Array.MaxLength} are not supported");

        // The product stops at the largest array, so that it cannot overflow; with an extent of 0 it is 0.
        UInt128 bytes = (UInt128)dtype.Bytes();
        foreach (int extent in shape.Contains(0) ? [0] : shape)
        {
            bytes *= (UInt128)extent;
            if (bytes > (UInt128)Array.MaxLength)
                break;
        }

        if (bytes != (UInt128)(end - begin))
        {
            Fail(file, $"{tensor} has {end - begin} bytes, which does not fit {dtype} of shape {Quoted.Shape(shape)}");
        }

        return new(name, dtype, shape, begin, end);
    }

    private static JsonElement Member(string file, string tensor, JsonElement entry, string key)
    {
        JsonElement? found = null;
        foreach (JsonProperty property in entry.EnumerateObject())
        {
            if (property.Name != key)
                continue;
            if (found is not null)
                Fail(file, $"{tensor} has two members {key}");
            found = property.Value;
        }

        return found ?? throw new CheckpointException(file, $"{tensor} has no member {key}");
    }

    private static SafeDtype Dtype(string file, string tensor, JsonElement value)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        return Array.IndexOf(Enum.GetNames<SafeDtype>(), text) is >= 0 and int dtype
            ? (SafeDtype)dtype
            : throw new CheckpointException(file, $"{tensor} has dtype {Quoted.Name(text)}; {KnownDtypes} are supported");
    }

    private static int[] Shape(string file, string tensor, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            Fail(file, $"{tensor} has a shape that is not an array");
        int[] shape = new int[value.GetArrayLength()];
        int i = 0;
        foreach (JsonElement extent in value.EnumerateArray())
        {
            if (extent.ValueKind != JsonValueKind.Number || !extent.TryGetInt32(out shape[i]) || shape[i] < 0)
                Fail(file, $"{tensor} has extent {Quoted.Name(extent.GetRawText())}; expects an integer from 0 to {int.MaxValue}");
            i++;
        }

        return shape;
    }

    private static (long Begin, long End) Offsets(string file, string tensor, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            && value[0].ValueKind == JsonValueKind.Number && value[0].TryGetInt64(out long begin)
            && value[1].ValueKind == JsonValueKind.Number && value[1].TryGetInt64(out long end)
            && begin >= 0 && begin <= end)
        {
            return (begin, end);
        }

        throw new CheckpointException(
            file, $"{tensor} has data_offsets {Quoted.Name(value.GetRawText())}; expects [begin, end] with 0 <= begin <= end");
    }

    private static void RequireNoHoles(string file, IReadOnlyList<SafeEntry> entries, long dataLength)
    {
        long position = 0;
        foreach (SafeEntry entry in entries)
        {
            if (entry.Begin != position)
            {
                Fail(file, $"tensor {Quoted.Name(entry.Name)} starts at byte {entry.Begin} of the data, "
                    + $"expected {position}: tensors follow each other without gaps or overlap");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            Fail(file, $"the header describes {position} bytes of data, the file has {dataLength}"
                + (position > dataLength ? ": the file is cut short" : ": something follows the data"));
        }
    }

    [DoesNotReturn]
    private static void Fail(string file, string problem) => throw new CheckpointException(file, problem);
}
