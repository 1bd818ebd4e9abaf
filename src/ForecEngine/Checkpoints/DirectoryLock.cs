// One process at a time in a directory, by a lock of the operating system on the file .forec.lock in it: the end of the process frees
// it, however that comes. On Unix .NET takes flock for FileShare.None; it holds between processes and between threads.
//
// The file is removed while the lock is held. Another process may have opened it just before and take the lock just after: what
// it holds then is a file that is not in the directory any more. So whoever has the lock stamps its file with a time of its
// own, and has the directory only if the file found there shows that time.

using System.Security.Cryptography;

namespace ForecEngine.Checkpoints;

/// <summary>A directory that one process, and one holder in it, has for itself.</summary>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>The name of the file that is locked.</summary>
    public const string FileName = ".forec.lock";

    private const int Attempts = 100;
    private const long StampTicks = 30 * 365 * TimeSpan.TicksPerDay;

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Locks a directory, and makes it and those above it where they are missing.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>The lock, or null if somebody else has it.</returns>
    /// <exception cref="IOException">The directory cannot be made, or takes no files.</exception>
    /// <exception cref="UnauthorizedAccessException">Permission is denied.</exception>
    public static DirectoryLock? TryTake(string directory)
    {
        string path = Path.Combine(directory, FileName);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(directory);
                FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                if (IsInPlace(file, path))
                    return new DirectoryLock(file);
                file.Dispose();
            }
            catch (IOException e) when (IsSharingViolation(e))
            {
                return null;
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another holder may just have removed the directory, being empty: mkdir says then that it exists, or that one
                // above it does not, or the file's that it does not. What stays wrong is thrown by the last attempt.
            }

            if (attempt == Attempts)
                return null;
        }
    }

    /// <summary>Removes the file and frees the lock.</summary>
    public void Dispose()
    {
        try
        {
            if (_file.Length == 0) // not a file of somebody else's that happens to have this name
                File.Delete(_file.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock is free all the same, and the next holder takes the file as it is.
        }

        _file.Dispose();
    }

    // EWOULDBLOCK of Linux and of macOS as .NET passes them on, and Windows' ERROR_SHARING_VIOLATION.
    private static bool IsSharingViolation(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static bool IsInPlace(FileStream file, string path)
    {
        uint random = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        DateTime stamp = DateTime.UnixEpoch.AddTicks(random * (StampTicks / uint.MaxValue));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, stamp);
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(file.SafeFileHandle);
    }
}
