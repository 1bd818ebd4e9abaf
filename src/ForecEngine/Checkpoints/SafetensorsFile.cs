// Reads and writes checkpoints in the safetensors format: the header's length as 8 little-endian bytes, the JSON header, the data.
// Names and shapes follow PyTorch, so that either side can read the other's files.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace ForecEngine.Checkpoints;

/// <summary>The content of a safetensors file.</summary>
public sealed class SafetensorsFile
{
    private const int LengthBytes = 8;

    private readonly Dictionary<string, SafeTensor> _byName;

    private SafetensorsFile(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensor> tensors)
    {
        Path = path;
        Metadata = metadata;
        Tensors = tensors;
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The file that was read.</summary>
    public string Path { get; }

    /// <summary>The file's <c>__metadata__</c>; empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in the order of their data in the file.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>Reads a file and checks it against every rule of the format.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged, or is not a safetensors file.</exception>
    public static SafetensorsFile Read(string path) => Opened(path, stream =>
    {
        SafetensorsHeader header = ReadHeader(path, stream);
        List<SafeTensor> tensors = new(header.Entries.Count);
        foreach (SafeEntry entry in header.Entries)
        {
            byte[] data = new byte[entry.End - entry.Begin];
            stream.ReadExactly(data);
            tensors.Add(new SafeTensor(entry.Name, entry.Dtype, entry.Shape, data, path));
        }

        return new SafetensorsFile(path, header.Metadata, tensors);
    });

    /// <summary>Reads only a file's <c>__metadata__</c>, and checks the header against every rule of the format.</summary>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path) =>
        Opened(path, stream => ReadHeader(path, stream).Metadata);

    private static T Opened<T>(string path, Func<FileStream, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return read(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(path, "no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            string problem = Directory.Exists(path) ? "is a directory, not a safetensors file" : "cannot be read: permission denied";
            throw new CheckpointException(path, problem, e);
        }
        catch (EndOfStreamException e)
        {
            throw new CheckpointException(path, "became shorter while it was read", e);
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>
    /// Writes a file atomically. The bytes depend on the content alone: wide elements first, so that each
    /// tensor is aligned, and then names in ordinal order.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors, of type F32, F64, I64 or U8.</param>
    /// <param name="metadata">The metadata, such as the experiment record.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or a text is not Unicode.</exception>
    /// <exception cref="CheckpointException">The header would be longer than the format allows.</exception>
    /// <exception cref="IOException">The file cannot be written; see <see cref="AtomicFile.Write(string, Action{Stream})"/>.</exception>
    public static void Write(
        string path, IEnumerable<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        SafeTensor[] ordered =
        [
            .. tensors.OrderByDescending(tensor => tensor.Dtype.Bytes()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal),
        ];
        byte[] header = Header(ordered, metadata ?? new Dictionary<string, string>()).ToBytes();
        if (header.Length > SafetensorsHeader.Longest)
            throw new CheckpointException(path, $"the header has {header.Length} bytes; the format allows {SafetensorsHeader.Longest}");

        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (SafeTensor tensor in ordered)
                tensor.VisitData(stream.Write);
        });
    }

    /// <summary>The tensors whose names begin with a prefix, under the rest of their names.</summary>
    public SafetensorsFile Within(string prefix) => new(Path, Metadata,
    [
        .. Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(tensor => new SafeTensor(tensor, tensor.Name[prefix.Length..])),
    ]);

    /// <summary>Finds a tensor by name.</summary>
    /// <returns>Whether the file has it.</returns>
    public bool TryFind(string name, [NotNullWhen(true)] out SafeTensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Finds a tensor by name.</summary>
    /// <exception cref="CheckpointException">The file has no such tensor; the message lists the file's tensors.</exception>
    public SafeTensor Find(string name)
    {
        if (TryFind(name, out SafeTensor? tensor))
            return tensor;
        const int Most = 20;
        string there = Tensors.Count == 0 ? "none" : string.Join(", ", Tensors.Take(Most).Select(t => Quoted.Name(t.Name)));
        string more = Tensors.Count > Most ? $" and {Tensors.Count - Most} more" : "";
        throw new CheckpointException(Path, $"has no tensor {Quoted.Name(name)}; it has {there}{more}");
    }

    /// <summary>Finds a tensor by name and checks its shape.</summary>
    /// <exception cref="CheckpointException">The file has no such tensor, or it has another shape.</exception>
    public SafeTensor Find(string name, params ReadOnlySpan<int> shape)
    {
        SafeTensor tensor = Find(name);
        int[] found = [.. tensor.Shape];
        if (!shape.SequenceEqual(found))
        {
            throw new CheckpointException(
                Path, $"tensor {Quoted.Name(name)} has shape {Quoted.Shape(found)}, but {Quoted.Shape(shape)} is needed");
        }

        return tensor;
    }

    private static SafetensorsHeader ReadHeader(string path, FileStream stream)
    {
        long fileLength = stream.Length;
        if (fileLength < LengthBytes)
            throw new CheckpointException(path, $"has {fileLength} bytes, too few for a safetensors file");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        stream.ReadExactly(lengthBytes);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerLength > SafetensorsHeader.Longest)
        {
            string limit = $"the header's length is {headerLength} bytes, above the format's limit of {SafetensorsHeader.Longest}";
            throw new CheckpointException(path, $"{limit}: not a safetensors file, or a damaged one");
        }

        long dataLength = fileLength - LengthBytes - (long)headerLength;
        if (dataLength < 0)
            throw new CheckpointException(path, $"the file is cut short: its header has {headerLength} bytes, the file has {fileLength}");

        byte[] headerBytes = new byte[headerLength];
        stream.ReadExactly(headerBytes);
        return SafetensorsHeader.Parse(path, headerBytes, dataLength);
    }

    private static SafetensorsHeader Header(SafeTensor[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        foreach ((string key, string value) in metadata)
        {
            if (!Quoted.IsUnicode(key) || !Quoted.IsUnicode(value))
                throw new ArgumentException($"metadata {Quoted.Name(key)} is not Unicode text", nameof(metadata));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        List<SafeEntry> entries = new(tensors.Length);
        long position = 0;
        foreach (SafeTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"two tensors are named {Quoted.Name(tensor.Name)}", nameof(tensors));
            entries.Add(new(tensor.Name, tensor.Dtype, tensor.Shape, position, position + tensor.Bytes));
            position += tensor.Bytes;
        }

        return new(metadata, entries);
    }
}
