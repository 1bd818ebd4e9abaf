// A directory's lock: one holder at a time, whatever the order in which holders come and go.

using ForecEngine.Checkpoints;
using Xunit;

namespace ForecEngine.Tests.Checkpoints;

public sealed class DirectoryLockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_second_holder_gets_nothing_until_the_first_is_done_and_no_file_stays()
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
    public void What_a_killed_holder_left_is_taken_over()
    {
        File.WriteAllText(_directory[DirectoryLock.FileName], "");
        using (DirectoryLock? held = DirectoryLock.TryTake(_directory.Root))
            Assert.NotNull(held);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void A_file_of_somebody_elses_under_its_name_stays()
    {
        File.WriteAllText(_directory[DirectoryLock.FileName], "notes");
        DirectoryLock.TryTake(_directory.Root)?.Dispose();
        Assert.Equal("notes", File.ReadAllText(_directory[DirectoryLock.FileName]));
    }

    [Fact]
    public void Directories_that_are_missing_are_made()
    {
        string path = _directory[Path.Combine("a", "b")];
        using DirectoryLock? held = DirectoryLock.TryTake(path);
        Assert.NotNull(held);
        Assert.True(Directory.Exists(path));
    }

    // Holders come and go as fast as they can, and remove the directory where it is empty: never are there two at a time.
    [Fact]
    public void Never_two_hold_it_at_a_time()
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
                    // Somebody else has it by now.
                }
            }
        });
        Assert.Equal(1, most);
        Assert.InRange(taken, 1, int.MaxValue);
    }
}
