// Gives one process at a time a directory, by an operating-system lock on the file .forec.lock in it. The system releases the lock
// when the process ends, even if it is killed. On Unix, .NET implements FileShare.None by flock, which also excludes other threads.
//
// The holder deletes the file before it releases the lock. Another process may have opened the file before the deletion and lock
// it afterwards; it then holds a file that is no longer in the directory. So a new holder sets its file's modification time to a
// random value and has the directory only if the file found there has that time.

using System.Security.Cryptography;

namespace ForecEngine.Checkpoints;

/// <summary>An exclusive lock on a directory. It excludes other processes and other holders in this process.</summary>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>The name of the file that is locked.</summary>
    public const string FileName = ".forec.lock";

    private const int Attempts = 100;
    private const long StampTicks = 30 * 365 * TimeSpan.TicksPerDay;

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Locks a directory. The directory and its parents are created if they are missing.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>The lock, or null if another holder has it.</returns>
    /// <exception cref="IOException">The directory cannot be created, or files cannot be created in it.</exception>
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
                // Another holder may just have removed the empty directory, so that creating it or the file in it fails once.
                // A lasting problem is thrown by the last attempt.
            }

            if (attempt == Attempts)
                return null;
        }
    }

    /// <summary>Deletes the file and releases the lock.</summary>
    public void Dispose()
    {
        try
        {
            if (_file.Length == 0) // a lock file is empty; a user's file of the same name is kept
                File.Delete(_file.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock is released all the same, and the next holder reuses the file.
        }

        _file.Dispose();
    }

    // EWOULDBLOCK on Linux (11) and macOS (35), which .NET passes on, and ERROR_SHARING_VIOLATION on Windows.
    private static bool IsSharingViolation(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static bool IsInPlace(FileStream file, string path)
    {
        uint random = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        DateTime stamp = DateTime.UnixEpoch.AddTicks(random * (StampTicks / uint.MaxValue));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, stamp);
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(file.SafeFileHandle);
    }
}
