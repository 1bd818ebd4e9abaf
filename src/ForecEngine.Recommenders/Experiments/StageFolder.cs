// A directory of stages. A file in it counts as a stage only if both its name and its header are those of a stage; other files are never
// used, replaced or removed.

using System.Text.RegularExpressions;

namespace ForecEngine.Recommenders.Experiments;

internal sealed partial class StageFolder(string path)
{
    private const int LongestName = 64;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The file of a trained stage.</summary>
    public string Finished(StageRecord record) => System.IO.Path.Combine(Path, $"{FileName(record)}.safetensors");

    /// <summary>The file of an unfinished stage.</summary>
    public string Unfinished(StageRecord record) => System.IO.Path.Combine(Path, $"{FileName(record)}.unfinished.safetensors");

    /// <summary>Locks a stage by a directory beside its file. Disposing of the lock removes the directory.</summary>
    /// <returns>The lock, or null if another holder has it.</returns>
    public IDisposable? TryLock(StageRecord record)
    {
        string path = System.IO.Path.Combine(Path, $"{FileName(record)}.lock");
        return DirectoryLock.TryTake(path) is { } held ? new StageLock(path, held) : null;
    }

    /// <summary>The stages in the directory, by name.</summary>
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

    /// <summary>Creates the directory if it does not exist. Fails before training if files cannot be written to it.</summary>
    public void Probe()
    {
        Make();
        AtomicFile.Probe(System.IO.Path.Combine(Path, "stage.safetensors"));
    }

    /// <summary>Fails if the path is a file or a link.</summary>
    public void RequireFolder()
    {
        if (IsLink)
            throw new IOException($"{Path}: is a link; expects a directory for stages");
        if (File.Exists(Path))
            throw new IOException($"{Path}: is a file; expects a directory for stages");
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
            throw new IOException($"{Path}: cannot be created: permission denied", e);
        }
    }

    /// <summary>Removes incomplete files of killed runs.</summary>
    public void Sweep(bool alone)
    {
        if (IsFolder)
            AtomicFile.Sweep(Path, name => StageName().IsMatch(name) || name == "stage.safetensors", alone);
    }

    /// <summary>Removes the stages, and the directory if it is then empty. Targets of links stay.</summary>
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
                // Another run has locked it since.
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
            return null; // not a checkpoint, so not a stage: stages are written atomically
        }
    }

    // The key identifies the stage. The name is for people; it contains a market's name, which may be any text.
    private static string FileName(StageRecord record)
    {
        string name = string.Concat(record.Stage.Take(LongestName).Select(
            c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' ? c : '_'));
        return $"{name}-{record.Key()[..32]}";
    }
}
