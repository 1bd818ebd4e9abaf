// DirectoryLock has one holder at a time, in any order of locking and unlocking.

using ForecEngine.Checkpoints;
using Xunit;

namespace ForecEngine.Tests.Checkpoints;

public sealed class DirectoryLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_second_holder_is_refused_until_the_first_releases_the_lock_and_no_file_remains()
    {
        using (DirectoryLock? first = DirectoryLock.TryTake(_directory.Root))
        {
            Assert.NotNull(first);
            Assert.Null(DirectoryLock.TryTake(_directory.Root));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
        using DirectoryLock? next = DirectoryLock.TryTake(_directory.Root);
        Assert.NotNull(next);
    }

    [Fact]
    public void The_lock_file_of_a_killed_holder_is_taken_over()
    {
        File.WriteAllText(_directory[DirectoryLock.FileName], "");
        using (DirectoryLock? held = DirectoryLock.TryTake(_directory.Root))
            Assert.NotNull(held);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void A_user_file_with_the_name_of_the_lock_file_is_kept()
    {
        File.WriteAllText(_directory[DirectoryLock.FileName], "notes");
        DirectoryLock.TryTake(_directory.Root)?.Dispose();
        Assert.Equal("notes", File.ReadAllText(_directory[DirectoryLock.FileName]));
    }

    [Fact]
    public void Missing_directories_are_created()
    {
        string path = _directory[Path.Combine("a", "b")];
        using DirectoryLock? held = DirectoryLock.TryTake(path);
        Assert.NotNull(held);
        Assert.True(Directory.Exists(path));
    }

    // Holders also remove the directory, if it is empty, so that the next one has to create it again.
    [Fact]
    public void There_are_never_two_holders_at_a_time()
    {
        string path = _directory[Path.Combine("a", "b")];
        int inside = 0, most = 0, taken = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int i = 0; i < 300; i++)
            {
                if (DirectoryLock.TryTake(path) is not { } held)
                    continue;
                int now = Interlocked.Increment(ref inside);
                lock (_directory)
                    (most, taken) = (Math.Max(most, now), taken + 1);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
                held.Dispose();
                try
                {
                    Directory.Delete(path);
                }
                catch (IOException)
                {
                    // Another holder has it by now.
                }
            }
        });
        Assert.Equal(1, most);
        Assert.InRange(taken, 1, int.MaxValue);
    }
}
