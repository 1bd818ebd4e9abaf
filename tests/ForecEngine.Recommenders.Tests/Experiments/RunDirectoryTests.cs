// Where a run leaves its files: told before the work whether it can, and nothing left of the trial.

using ForecEngine.Recommenders.Experiments;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_probe_leaves_no_directory_that_was_not_there()
    {
        new RunDirectory(_directory[Path.Combine("a", "b", "c")]).Probe();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
        new RunDirectory(_directory.Root).Probe();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void A_file_in_its_place_or_above_it_is_refused()
    {
        File.WriteAllText(_directory["file"], "");
        Assert.Equal($"{_directory["file"]}: is a file, a directory is needed", Assert.Throws<IOException>(new RunDirectory(_directory["file"]).Probe).Message);
        string below = _directory[Path.Combine("file", "x")];
        Assert.StartsWith($"{below}: cannot be written (", Assert.Throws<IOException>(new RunDirectory(below).Probe).Message, StringComparison.Ordinal);
        Assert.Equal([_directory["file"]], Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void The_ids_lie_beside_the_checkpoint() =>
        Assert.Equal(Path.Combine("run", "model.ids.tsv"), RunDirectory.IdsPath(Path.Combine("run", "model.safetensors")));
}
