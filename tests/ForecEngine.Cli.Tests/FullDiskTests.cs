// A sweep on a disk that is full, then read-only: its errors are clear, finished cells stay, and it continues when there is space.

using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class FullDiskTests : IDisposable
{
    // The mount ends with the shell.
    private const string Script = """
        set -u
        tool=$1 data=$2 work=$3 disk=$3/disk
        mkdir "$disk" && mount -t tmpfs -o size=600k tmpfs "$disk" || exit 77
        sweep() { "$tool" sweep "$work/$1.json" --data "$data" --out "$disk/sweep" --jobs 2 --quiet > "$work/$2.out" 2> "$work/$2.error"; }
        sweep small first && (cd "$disk/sweep/cells" && find . -type f -exec sha256sum {} +) > "$work/sums" || exit 1
        kept() { (cd "$disk/sweep/cells" && sha256sum --check --quiet "$work/sums") || exit 1; }
        sweep large full; echo $?
        kept
        mount -o remount,ro "$disk"
        sweep large read-only; echo $?
        mount -o remount,rw,size=9m "$disk"
        sweep large free; echo $?
        kept
        cp -r "$disk/sweep" "$work/sweep"
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_full_disk_is_an_error_that_leaves_finished_cells_and_a_sweep_that_continues()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("needs the rights of root on Linux, to mount a small disk");
        File.WriteAllText(_directory["small.json"], Grid("""["in"]""", """["gmf"]"""));
        File.WriteAllText(_directory["large.json"], Grid("""["in", "jp"]""", """["gmf", "nmf++", "pop"]"""));
        using ToolProcess shell = ToolProcess.Within(
            "unshare", "--mount", "bash", "-c", Script, "-", ToolProcess.Tool, RepositoryFiles.At("data"), _directory.Root);
        Said said = shell.Wait();
        if (said.Status == 77 || said.Error.StartsWith("unshare: ", StringComparison.Ordinal))
            Assert.Skip($"this machine cannot mount a disk: {said.Error}");
        Assert.Equal("", said.Error);
        Assert.Equal("1\n1\n0\n", said.Output);
        Assert.Equal(0, said.Status);

        string[] full = File.ReadAllLines(_directory["full.error"]);
        Assert.All(full, line => Assert.Matches("^forec: .+: No space left on device(; [0-9]+ cells? could not run without it)?$", line));
        Assert.Contains(full, line => line.Contains(" failed: ", StringComparison.Ordinal));
        Assert.Matches("^forec: --out: .*manifest.json: cannot be written: .+\n$", File.ReadAllText(_directory["read-only.error"]));

        Assert.Equal("", File.ReadAllText(_directory["free.error"]));
        ToolRun.Run("sweep", _directory["large.json"], "--data", RepositoryFiles.At("data"), "--out", _directory["whole"]).Done();
        Assert.Equal(SweepBytes.Of(_directory["whole"]), SweepBytes.Of(_directory["sweep"]));
    }

    private static string Grid(string targets, string methods) =>
        $$"""{"targets": {{targets}}, "sources": "each", "methods": {{methods}}, "presets": ["paper"], "options": {"epochs": 1} }""";
}
