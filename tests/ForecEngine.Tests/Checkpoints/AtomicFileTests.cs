// AtomicFile writes the complete new file, or leaves the old one unchanged and no temporary file behind.

using ForecEngine.Checkpoints;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 30)]
    public void The_new_content_replaces_any_old_content(byte[] before, byte[] after)
    {
        string path = _directory["file"];
        AtomicFile.Write(path, stream => stream.Write(before));
        AtomicFile.Write(path, stream => stream.Write(after));
        Assert.Equal(after, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory.Root));
    }

    [Property(MaxTest = 30)]
    public void A_failure_while_writing_leaves_only_the_old_file(NonEmptyArray<byte> content, NonNegativeInt cut)
    {
        string path = _directory["file"];
        File.WriteAllText(path, "old");
        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(content.Get.AsSpan(0, cut.Get % content.Get.Length));
            throw new InvalidDataException("half way");
        }));
        Assert.Equal("half way", thrown.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void The_old_file_can_be_read_until_the_new_one_is_complete()
    {
        string path = _directory["file"];
        File.WriteAllText(path, "old");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_missing_directory_is_named_in_one_line()
    {
        string path = _directory[Path.Combine("missing", "file")];
        IOException thrown = Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(path, Unreached));
        Assert.Equal($"{path}: cannot be written: there is no directory {_directory["missing"]}", thrown.Message);
    }

    [Fact]
    public void A_path_that_is_a_directory_is_refused()
    {
        IOException thrown = Assert.Throws<IOException>(() => AtomicFile.Write(_directory.Root, Unreached));
        Assert.Equal($"{_directory.Root}: cannot be written: it is a directory; give the name of a file", thrown.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void A_path_below_a_file_is_refused()
    {
        File.WriteAllText(_directory["file"], "");
        string path = _directory[Path.Combine("file", "model")];
        IOException thrown = Assert.ThrowsAny<IOException>(() => AtomicFile.Write(path, Unreached));
        Assert.StartsWith($"{path}: cannot be written: ", thrown.Message, StringComparison.Ordinal);
    }

    // Not even root can create a file in /proc.
    [Fact]
    public void A_directory_where_no_file_can_be_created_gives_an_IOException_of_one_line()
    {
        if (!Directory.Exists("/proc/self"))
            Assert.Skip("no /proc here");
        foreach (Action action in (Action[])[() => AtomicFile.Write("/proc/file", Unreached), () => AtomicFile.Probe("/proc/file")])
        {
            IOException thrown = Assert.ThrowsAny<IOException>(action);
            Assert.StartsWith("/proc/file: cannot be written: ", thrown.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', thrown.Message);
        }
    }

    [Fact]
    public void A_probe_leaves_the_directory_as_it_was()
    {
        AtomicFile.Probe(_directory["new"]);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
        File.WriteAllText(_directory["file"], "old");
        AtomicFile.Probe(_directory["file"]);
        Assert.Equal([_directory["file"]], Directory.GetFileSystemEntries(_directory.Root));
        Assert.Equal("old", File.ReadAllText(_directory["file"]));
    }

    [Fact]
    public void A_full_device_gives_an_IOException()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("no /dev/full here");
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write("/dev/full", stream => stream.Write("anything"u8)));
    }

    [Fact]
    public void A_directory_without_write_permission_gives_an_IOException_of_one_line()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("needs Unix permissions");
            return;
        }

        if (Environment.IsPrivilegedProcess)
            Assert.Skip("root ignores permissions");
        File.SetUnixFileMode(_directory.Root, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string path = _directory["file"];
        try
        {
            IOException thrown = Assert.Throws<IOException>(() => AtomicFile.Write(path, Unreached));
            Assert.Equal($"{path}: cannot be written: permission denied", thrown.Message);
        }
        finally
        {
            File.SetUnixFileMode(_directory.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void Writing_through_a_link_changes_its_target_and_keeps_the_link()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("links need a privilege on Windows");
        File.WriteAllText(_directory["file"], "old");
        File.CreateSymbolicLink(_directory["link"], _directory["file"]);
        AtomicFile.Write(_directory["link"], stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(_directory["file"]));
        Assert.NotNull(File.ResolveLinkTarget(_directory["link"], returnFinalTarget: false));
    }

    [Fact]
    public void A_device_is_written_to_directly_and_stays_a_device()
    {
        if (!File.Exists("/dev/null"))
            Assert.Skip("no /dev/null here");
        AtomicFile.Write("/dev/null", stream => stream.Write("anything"u8));
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    [Fact]
    public void A_full_device_fails_in_the_probe()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("no /dev/full here");
        Assert.Equal("/dev/full: cannot be written: No space left on device",
            Assert.Throws<IOException>(() => AtomicFile.Probe("/dev/full")).Message);
    }

    [Fact]
    public void Sweep_removes_the_temporary_files_of_a_killed_process_and_no_others()
    {
        string left = $".model.safetensors.{Guid.NewGuid():N}.tmp", others = $".notes.{Guid.NewGuid():N}.tmp";
        string[] stay = ["model.safetensors", ".model.safetensors.tmp", ".model.safetensors.0123.tmp", others];
        foreach (string name in (string[])[left, .. stay])
            File.WriteAllText(_directory[name], "x");
        AtomicFile.Sweep(_directory.Root, name => name == "model.safetensors", alone: true);
        Assert.Equal(
            stay.Order(StringComparer.Ordinal), Directory.GetFiles(_directory.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Where_other_processes_write_too_Sweep_removes_only_old_files_that_are_not_open()
    {
        string fresh = _directory[$".file.{Guid.NewGuid():N}.tmp"], old = _directory[$".file.{Guid.NewGuid():N}.tmp"];
        File.WriteAllText(fresh, "x");
        File.WriteAllText(old, "x");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-1));
        AtomicFile.Write(_directory["file"], stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            string own = Directory.GetFiles(_directory.Root, ".file.*.tmp").Except([fresh, old]).Single();
            File.SetLastWriteTimeUtc(own, DateTime.UtcNow.AddDays(-1));
            AtomicFile.Sweep(_directory.Root, name => name == "file", alone: false);
        });
        Assert.Equal([fresh, _directory["file"]], Directory.GetFiles(_directory.Root).Order(StringComparer.Ordinal));
        Assert.Equal("new", File.ReadAllText(_directory["file"]));
    }

    private static void Unreached(Stream stream) => Assert.Fail("must not be called");
}
