// A folder of stages. A file in it is a stage only if its name is that of one and its header says that it is one: nothing else in the
// folder is ours to take, replace or remove.

using System.Text.RegularExpressions;

namespace ForecEngine.Recommenders.Experiments;

internal sealed partial class StageFolder(string path)
{
    private const int LongestName = 64;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The file of a trained stage.</summary>
    public string Finished(StageRecord record) => System.IO.Path.Combine(Path, $"{FileName(record)}.safetensors");

    /// <summary>The file of a stage on its way.</summary>
    public string Unfinished(StageRecord record) => System.IO.Path.Combine(Path, $"{FileName(record)}.unfinished.safetensors");

    /// <summary>Locks a stage by a folder beside its file. Disposing the lock removes the folder.</summary>
    /// <returns>The lock, or null if another holder has it.</returns>
    public IDisposable? TryLock(StageRecord record)
    {
        string path = System.IO.Path.Combine(Path, $"{FileName(record)}.lock");
        return DirectoryLock.TryTake(path) is { } held ? new StageLock(path, held) : null;
    }

    /// <summary>The stages that lie here, by name.</summary>
    public IEnumerable<(string File, IReadOnlyDictionary<string, string> Metadata)> Stages()
    {
        if (!IsFolder)
            yield break;
        foreach (string file in Directory.EnumerateFiles(Path, "*.safetensors").Order(StringComparer.Ordinal))
        {
            if (!StageName().IsMatch(System.IO.Path.GetFileName(file)))
                continue;
            if (MetadataOf(file) is { } metadata && metadata.ContainsKey(StageFile.RecordKey))
                yield return (file, metadata);
        }
    }

    /// <summary>Makes the folder if need be, and fails now rather than after a phase if it takes no files.</summary>
    public void Probe()
    {
        Make();
        AtomicFile.Probe(System.IO.Path.Combine(Path, "stage.safetensors"));
    }

    /// <summary>Fails if the folder's path is taken by something else.</summary>
    public void RequireFolder()
    {
        if (IsLink)
            throw new IOException($"{Path}: is a link; stages need a folder of their own there");
        if (File.Exists(Path))
            throw new IOException($"{Path}: is a file; stages need a folder there");
    }

    /// <summary>Makes the folder.</summary>
    public void Make()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{Path}: cannot be made: permission denied", e);
        }
    }

    /// <summary>Removes incomplete files of killed runs.</summary>
    public void Sweep(bool alone)
    {
        if (IsFolder)
            AtomicFile.Sweep(Path, name => StageName().IsMatch(name) || name == "stage.safetensors", alone);
    }

    /// <summary>Removes the stages, and the folder if it is then empty. Targets of links are not touched.</summary>
    public void Remove()
    {
        if (IsLink)
            return;
        foreach ((string file, _) in Stages().ToArray())
            File.Delete(file);
        Sweep(alone: true);
        if (IsFolder && !Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
    }

    private sealed class StageLock(string path, DirectoryLock held) : IDisposable
    {
        public void Dispose()
        {
            held.Dispose();
            try
            {
                Directory.Delete(path);
            }
            catch (IOException)
            {
                // Another run has taken it since.
            }
        }
    }

    [GeneratedRegex(@"^.*-[0-9a-f]{32}(\.unfinished)?\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();

    private bool IsLink => new FileInfo(Path).LinkTarget is not null;

    private bool IsFolder => Directory.Exists(Path);

    private static IReadOnlyDictionary<string, string>? MetadataOf(string file)
    {
        try
        {
            return SafetensorsFile.ReadMetadata(file);
        }
        catch (CheckpointException)
        {
            return null; // not a checkpoint, so none of ours: ours are written whole
        }
    }

    // The key tells stages apart; the stage's name is for the reader, and holds a market's, which may be any text.
    private static string FileName(StageRecord record)
    {
        string name = string.Concat(record.Stage.Take(LongestName).Select(
            c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' ? c : '_'));
        return $"{name}-{record.Key()[..32]}";
    }
}
