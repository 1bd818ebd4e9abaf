// Reads ids from a text file, one per line: the users to recommend to, or the items to recommend.

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads files of ids.</summary>
public static class IdFile
{
    /// <summary>The ids in the order of the file, each once; empty lines are skipped.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, has no id, or a line contains a tab.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        OrderedDictionary<string, bool> ids = new(StringComparer.Ordinal);
        using LineReader reader = new(path);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.Contains((byte)'\t'))
                throw reader.Fault("the line contains a tab; expects one id per line");
            if (!line.IsEmpty)
                ids.TryAdd(Encoding.UTF8.GetString(line), true);
        }

        return ids.Count > 0 ? [.. ids.Keys] : throw new DataFormatException(path, 1, "the file is empty; expects one id per line");
    }
}
