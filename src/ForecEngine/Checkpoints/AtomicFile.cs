// Files that are either the old one or the new one, whole: written under another name in the same directory, flushed
// to the disk, then renamed over. A crash, a full disk or an exception on the way leaves the old file as it was. The
// directory itself is not flushed: after a power cut the old file may be there once more, whole. What a killed process leaves is a file
// .NAME.<32 hexadecimal digits>.tmp, which Sweep removes.

using System.Text.RegularExpressions;

namespace ForecEngine.Checkpoints;

/// <summary>Writes files whole or not at all.</summary>
public static partial class AtomicFile
{
    // Enough that a full disk shows: small files can lie in a directory's own blocks.
    private const int ProbeBytes = 1 << 16;

    private static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1);

    /// <summary>
    /// Writes a file and puts it in the place of the one at <paramref name="path"/>, if there is one. If anything fails,
    /// <paramref name="write"/> included, the old file stays as it was and nothing else is left behind. A link is
    /// followed; a device such as <c>/dev/stdout</c> is written to directly, there being nothing to replace.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="write">Writes the content; what it throws passes through.</param>
    /// <exception cref="DirectoryNotFoundException">The file's directory does not exist.</exception>
    /// <exception cref="IOException">The file cannot be written; the message is one line and names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        if (IsDevice(path))
        {
            using FileStream device = Opened(path, path, FileMode.Open);
            write(device);
            return;
        }

        string target = Destination(path);
        string temporary = Temporary(target);
        try
        {
            // Renamed while it is open, so that no Sweep finds it unlocked.
            using FileStream stream = Opened(path, temporary, FileMode.CreateNew);
            write(stream);
            stream.Flush(flushToDisk: true);
            Replace(path, temporary, target);
        }
        catch (Exception e)
        {
            Discard(temporary);
            if (e.GetType() == typeof(IOException) && e.Message.Contains(temporary, StringComparison.Ordinal))
                throw new IOException($"{path}: cannot be written: {Reason(e, temporary)}", e);
            throw;
        }
    }

    /// <summary>
    /// Fails now, rather than when the content is there, if a file cannot be written or the disk is full. Leaves nothing behind.
    /// </summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void Probe(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (IsDevice(path))
        {
            Opened(path, path, FileMode.Open).Dispose();
            if (Path.GetFullPath(path) == "/dev/full") // the one device that tells by its name what a write would say
                throw new IOException($"{path}: cannot be written: No space left on device");
            return;
        }

        string temporary = Temporary(Destination(path));
        try
        {
            using FileStream stream = Opened(path, temporary, FileMode.CreateNew);
            stream.Write(new byte[ProbeBytes]);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException e) when (e.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw new IOException($"{path}: cannot be written: {Reason(e, temporary)}", e);
        }
        finally
        {
            Discard(temporary);
        }
    }

    /// <summary>Removes what killed processes have left of files that <see cref="Write"/> was writing.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="isOurs">Whether a file of this name is one that the caller writes there; no other is touched.</param>
    /// <param name="alone">
    /// Whether no other process writes there; if not, only what is an hour old, and held open by nobody, is removed.
    /// </param>
    public static void Sweep(string directory, Func<string, bool> isOurs, bool alone)
    {
        ArgumentNullException.ThrowIfNull(isOurs);
        foreach (string file in Directory.EnumerateFiles(directory, ".*.tmp"))
        {
            if (TemporaryName().Match(Path.GetFileName(file)) is not { Success: true } match || !isOurs(match.Groups["name"].Value))
                continue;
            if (alone || (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > s_abandoned && IsReleased(file)))
                Discard(file);
        }
    }

    [GeneratedRegex(@"^\.(?<name>.+)\.[0-9a-f]{32}\.tmp$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryName();

    private static bool IsReleased(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Temporary(string target) =>
        Path.Combine(Path.GetDirectoryName(target) ?? "", $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");

    private static bool IsDevice(string path)
    {
        string full = Path.GetFullPath(path);
        return !OperatingSystem.IsWindows()
            && full.StartsWith("/dev/", StringComparison.Ordinal)
            && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }

    private static string Destination(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not to be resolved: the write below says what is wrong with it.
        }

        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full))
            throw new IOException($"{path}: cannot be written: it is a directory, a file's name is needed");
        string? directory = Path.GetDirectoryName(full);
        if (directory is not null && !Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{path}: cannot be written: there is no directory {directory}");
        return full;
    }

    private static FileStream Opened(string path, string name, FileMode mode)
    {
        try
        {
            return new FileStream(name, mode, FileAccess.Write, FileShare.Delete, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: cannot be written: {Reason(e, name)}", e);
        }
    }

    private static void Replace(string path, string temporary, string target)
    {
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: cannot be replaced: {Reason(e, temporary)}", e);
        }
    }

    // The system's words without the temporary name, which tells the reader nothing.
    private static string Reason(Exception e, string temporary) => e is UnauthorizedAccessException
        ? "permission denied"
        : e.Message.Replace($" : '{temporary}'", "", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report.
        }
    }
}
