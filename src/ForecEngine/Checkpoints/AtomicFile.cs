// Replaces files atomically: the content is written to a temporary file in the same directory, flushed to the disk and renamed
// over the old file. A crash, a full disk or an exception leaves the old file untouched. The directory is not flushed, so after
// a power cut the old file may be back, complete. A killed process leaves .NAME.<32 hexadecimal digits>.tmp, which Sweep removes.

using System.Text;
using System.Text.RegularExpressions;

namespace ForecEngine.Checkpoints;

/// <summary>Writes files atomically.</summary>
public static partial class AtomicFile
{
    // Large enough to need blocks of its own: some file systems store tiny files inside the directory, even on a full disk.
    private const int ProbeBytes = 1 << 16;

    private static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1);

    /// <summary>
    /// Writes a file, replacing the one at <paramref name="path"/> if it exists. If anything fails, <paramref name="write"/>
    /// included, the old file stays as it was and no temporary file remains. A link is followed; a device such as
    /// <c>/dev/stdout</c> is written to directly.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="write">Writes the content; its exceptions are passed on.</param>
    /// <exception cref="DirectoryNotFoundException">The file's directory does not exist.</exception>
    /// <exception cref="IOException">The file cannot be written; the message is one line and names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
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
            // Renamed while it is open: Sweep in another process would delete a temporary file that nobody holds open.
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

    /// <summary>Writes a text in UTF-8, like <see cref="Write(string, Action{Stream})"/>.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="text">The content.</param>
    /// <inheritdoc cref="Write(string, Action{Stream})" path="/exception"/>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Checks that a file can be written and that the disk is not full, before the content exists. The file is not changed.
    /// </summary>
    /// <inheritdoc cref="Write(string, Action{Stream})" path="/exception"/>
    public static void Probe(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (IsDevice(path))
        {
            Opened(path, path, FileMode.Open).Dispose();
            if (Path.GetFullPath(path) == "/dev/full") // every write to it fails, but opening it does not
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

    /// <summary>Removes the temporary files of <see cref="Write(string, Action{Stream})"/> calls whose process was killed.</summary>
    /// <param name="directory">The directory to clean.</param>
    /// <param name="isOurs">Whether the caller writes a file of this name; temporary files of other names stay.</param>
    /// <param name="alone">
    /// Whether no other process writes there. If not, a temporary file is removed only if it is an hour old and not open.
    /// </param>
    public static void Sweep(string directory, Func<string, bool> isOurs, bool alone)
    {
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
            // The link cannot be resolved; opening the file will fail and name the reason.
        }

        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full))
            throw new IOException($"{path}: cannot be written: it is a directory; give the name of a file");
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

    // The system's message without the temporary file's name, which means nothing to the user.
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
