// The JSON header of a safetensors file, both ways: {"__metadata__": {key: text}, NAME: {"dtype": "F32",
// "shape": [2, 3], "data_offsets": [begin, end]}, ...}, offsets in bytes from the end of the header. The tensors fill
// the data without holes or overlap. (https://huggingface.co/docs/safetensors)

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace ForecEngine.Checkpoints;

/// <summary>Where a tensor lies in the data.</summary>
internal sealed record SafeEntry(string Name, SafeDtype Dtype, IReadOnlyList<int> Shape, long Begin, long End);

/// <summary>What a header says: the metadata, and the tensors in the order of their data.</summary>
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
        // Other escapes than JSON's own are for HTML; PyTorch's side and people read this more easily without.
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

    /// <summary>Reads a header and holds it to every rule of the format.</summary>
    /// <param name="file">The file, for errors.</param>
    /// <param name="bytes">The header's bytes.</param>
    /// <param name="dataLength">The number of bytes that follow the header.</param>
    /// <exception cref="CheckpointException">The header breaks a rule.</exception>
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
            // What System.Text.Json throws for an escape that is half a surrogate pair.
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

        // Stable, so that tensors without elements keep the header's order.
        return new(metadata, [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)]);
    }

    private static void ReadMetadata(string file, JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
            Fail(file, $"{MetadataName} is not an object of texts");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                Fail(file, $"{MetadataName} {Quoted.Name(property.Name)} is not a text");
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

        // An empty extent hides any other, so only a shape without one can outgrow the bytes that the file gives it.
        UInt128 bytes = (UInt128)dtype.Bytes();
        foreach (int extent in shape.Contains(0) ? [0] : shape)
        {
            bytes *= (UInt128)extent;
            if (bytes > (UInt128)Array.MaxLength)
                break;
        }

        if (bytes != (UInt128)(end - begin))
        {
            Fail(file, $"{tensor} has {end - begin} bytes, which is not what {dtype} of shape {Quoted.Shape(shape)} takes");
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
                Fail(file, $"{tensor} has {key} twice");
            found = property.Value;
        }

        return found ?? throw new CheckpointException(file, $"{tensor} has no {key}");
    }

    private static SafeDtype Dtype(string file, string tensor, JsonElement value)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        return text switch
        {
            "F16" => SafeDtype.F16,
            "BF16" => SafeDtype.BF16,
            "F32" => SafeDtype.F32,
            "F64" => SafeDtype.F64,
            "I64" => SafeDtype.I64,
            "I32" => SafeDtype.I32,
            "U8" => SafeDtype.U8,
            _ => throw new CheckpointException(file, $"{tensor} has dtype {Quoted.Name(text)}; {KnownDtypes} are supported"),
        };
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
                Fail(file, $"{tensor} has the extent {Quoted.Name(extent.GetRawText())}; an integer from 0 to {int.MaxValue} is needed");
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
            file, $"{tensor} has data_offsets {Quoted.Name(value.GetRawText())}; [begin, end] with 0 <= begin <= end is needed");
    }

    private static void RequireNoHoles(string file, IReadOnlyList<SafeEntry> entries, long dataLength)
    {
        long position = 0;
        foreach (SafeEntry entry in entries)
        {
            if (entry.Begin != position)
            {
                Fail(file, $"tensor {Quoted.Name(entry.Name)} starts at byte {entry.Begin} of the data, "
                    + $"{position} is needed: tensors lie one after the other without holes or overlap");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            Fail(file, $"the header describes {position} bytes of data, the file has {dataLength}"
                + (position > dataLength ? ": cut short" : ": something follows the data"));
        }
    }

    [DoesNotReturn]
    private static void Fail(string file, string problem) => throw new CheckpointException(file, problem);
}
