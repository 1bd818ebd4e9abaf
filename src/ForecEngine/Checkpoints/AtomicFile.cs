// Files that are either the old one or the new one, whole: written under another name in the same directory, flushed
// to the disk, then renamed over. A crash, a full disk or an exception on the way leaves the old file as it was.

namespace ForecEngine.Checkpoints;

/// <summary>Writes files whole or not at all.</summary>
public static class AtomicFile
{
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
            using (FileStream stream = Opened(path, temporary, FileMode.CreateNew))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            Replace(path, temporary, target);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Fails now, rather than when the content is there, if a file cannot be written. Leaves nothing behind.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void Probe(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (IsDevice(path))
            return;
        string temporary = Temporary(Destination(path));
        Opened(path, temporary, FileMode.CreateNew).Dispose();
        Discard(temporary);
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
            return new FileStream(name, mode, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: cannot be written: {Reason(e)}", e);
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
            throw new IOException($"{path}: cannot be replaced: {Reason(e)}", e);
        }
    }

    private static string Reason(Exception e) => e is UnauthorizedAccessException
        ? "permission denied"
        : e.Message.ReplaceLineEndings(" ");

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
