// forec sweep --executor slurm with commands that stand in for Slurm's (FakeSlurm). SlurmClusterTests use a real Slurm.

using System.Text.RegularExpressions;
using ForecEngine.Cli.Sweeps;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed partial class SlurmSweepTests : IClassFixture<SweepTests.Whole>
{
    private readonly SweepTests.Whole _whole;

    public SlurmSweepTests(SweepTests.Whole whole)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("needs Linux");
        _whole = whole;
    }

    [Fact]
    public void Jobs_end_with_the_bytes_of_a_local_sweep_and_levels_wait_for_each_other()
    {
        using FakeSlurm slurm = new(maxArraySize: 2);
        string name = "it's 100 % \"odd\"";
        Said said = Sweep(slurm, name, "--cpus", "2", "--partition", "main").Done();
        Assert.Equal(_whole.Bytes("whole"), _whole.Bytes(name));
        Assert.Contains("6 of 6 cells", said.Error, StringComparison.Ordinal);

        // Level 0 has pop and a stage, level 1 has nmf++ and a stage, level 2 has maml. Options of the script win over the environment.
        string jobs = Regex.Escape(Path.Combine(_whole[name], "jobs"));
        Assert.Collection(slurm.Submitted,
            line => Assert.Matches($"^--parsable {jobs}/level0-[0-9a-f]{{8}}.sh $", line),
            line => Assert.Matches($"^--parsable --dependency=afterany:1 {jobs}/level1-[0-9a-f]{{8}}.sh $", line),
            line => Assert.Matches($"^--parsable --dependency=afterany:2 {jobs}/level2-[0-9a-f]{{8}}.sh $", line));
        Assert.Equal(0, Sweep(slurm, name).Status);
        Assert.Equal(3, slurm.Submitted.Length); // nothing is left to do
    }

    [Fact]
    public void A_dry_run_prints_scripts_that_bash_accepts_and_submits_nothing()
    {
        using FakeSlurm slurm = new(maxArraySize: 2);
        string[] options = ["--mem", "4G", "--gres", "gpu:1", "--time", "1-12", "--max-parallel", "5"];
        Said said = Sweep(slurm, "dry 50%", ["--dry-run", .. options]).Done();
        Assert.Empty(slurm.Submitted);
        Assert.False(File.Exists(Path.Combine(_whole["dry 50%"], "results.csv")));

        // Three tasks without dependencies are cut into arrays of two elements and one.
        string[] scripts = [.. Directory.GetFiles(Path.Combine(_whole["dry 50%"], "jobs"), "*.sh").Order(StringComparer.Ordinal)];
        Assert.Equal(5, scripts.Length);
        Assert.All(scripts, script => Assert.Contains(File.ReadAllText(script), said.Output, StringComparison.Ordinal));
        string[] first = File.ReadAllLines(scripts[0]), second = File.ReadAllLines(scripts[1]);
        string logs = Path.Combine(_whole["dry 50%%"], "logs");
        Assert.Equal(
            [
                "#SBATCH --array=0-1%5", "#SBATCH --nodes=1", "#SBATCH --ntasks=1", "#SBATCH --cpus-per-task=1", "#SBATCH --mem=4G",
                "#SBATCH --gres=gpu:1", "#SBATCH --time=1-12", $"#SBATCH --output=\"{logs}/%A_%a.log\"", "#SBATCH --open-mode=append",
                "#SBATCH --requeue", "#SBATCH --signal=B:TERM@60",
            ],
            first.Where(line => line.StartsWith("#SBATCH", StringComparison.Ordinal)).Skip(1));
        Assert.EndsWith(".tasks' --shard $((SLURM_ARRAY_TASK_ID + 1))/3 --jobs 1 --retries 1", first[^1], StringComparison.Ordinal);
        Assert.Contains("#SBATCH --array=0-0%5", second);
        Assert.EndsWith(".tasks' --shard $((SLURM_ARRAY_TASK_ID + 3))/3 --jobs 1 --retries 1", second[^1], StringComparison.Ordinal);

        // With --max-parallel, each array follows another one, so that not twice as many jobs run.
        Assert.Equal(
            ["", " --dependency=afterany:$job1", " --dependency=afterany:$job2", " --dependency=afterany:$job3",
                " --dependency=afterany:$job4"],
            Submission().Matches(said.Output).Select(match => match.Groups[1].Value));
        Assert.Equal(
            ["", "", " --dependency=afterany:$job1:$job2", " --dependency=afterany:$job1:$job2", " --dependency=afterany:$job3:$job4"],
            Submission().Matches(Sweep(slurm, "dry 50%", "--dry-run").Done().Output).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void A_job_that_dies_is_submitted_again_without_the_tasks_that_have_finished()
    {
        using FakeSlurm slurm = new(maxArraySize: 1001);
        int stage = _whole.Manifest.Tasks.Where(task => task.Level == 0).ToList().FindIndex(task => task.Kind == TaskKind.Stage);
        File.WriteAllText(slurm["lose"], $"1_{stage}\n3_1\n");
        Said said = Sweep(slurm, "dies").Done();
        Assert.Equal(_whole.Bytes("whole"), _whole.Bytes("dies"));
        Assert.Equal(4, slurm.Submitted.Length);
        Assert.Single(File.ReadAllLines(Directory.GetFiles(Path.Combine(_whole["dies"], "jobs"), "*.tasks")
            .OrderBy(File.GetLastWriteTimeUtc).Last()));
        Assert.Contains(": lost (", said.Error, StringComparison.Ordinal);
        Assert.Contains("it is submitted again", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_dies_too_often_is_a_line_with_the_end_of_its_log()
    {
        using FakeSlurm slurm = new(maxArraySize: 1001);
        File.WriteAllText(slurm["lose"], "3_1\n4_0\n");
        Said said = Sweep(slurm, "too often", "--quiet");
        Assert.Equal(1, said.Status);
        Assert.StartsWith("5 cells in ", said.Output, StringComparison.Ordinal);
        Assert.Matches("^forec: maml for (jp|uk) with (jp|uk), seed 1 failed: lost \\([^\n]*/logs/4_0.log\\)\n$", said.Error);
        Assert.Equal(4, slurm.Submitted.Length);
    }

    [Fact]
    public void A_task_that_fails_in_its_job_is_not_submitted_again_and_its_reason_is_shown()
    {
        using FakeSlurm slurm = new(maxArraySize: 1001);
        File.WriteAllText(_whole.Tool["bad-slurm.json"], """
            {"targets": ["jp"], "methods": ["pop", "gmf", "nmf"], "presets": ["paper"],
             "options": {"epochs": 2, "learning-rate": 1e38, "minimum-rows": 1}}
            """);
        Said said = slurm.Start(
            "sweep", _whole.Tool["bad-slurm.json"], "--data", _whole.Tool.Root, "--out", _whole["bad slurm"], "--executor", "slurm").Wait();
        Assert.Equal(1, said.Status);
        Assert.Equal(2, slurm.Submitted.Length);
        Assert.StartsWith("1 cell in ", said.Output, StringComparison.Ordinal);
        string line = Assert.Single(said.Error.Split('\n'), line => line.StartsWith("forec: ", StringComparison.Ordinal));
        Assert.Matches(
            "^forec: gmf of jp, seed 42 failed: .*(infinit|NaN|finite|diverge).* \\(.*/logs/2_0.log\\); 2 cells could not run", line);
    }

    [Fact]
    public void What_Slurm_refuses_is_one_line()
    {
        using FakeSlurm slurm = new(maxArraySize: 1001);
        File.WriteAllText(
            slurm["refuse"], "sbatch: error: invalid partition specified: x\nsbatch: error: Batch job submission failed: no\n");
        Sweep(slurm, "refused", "--partition", "x", "--quiet").Failed(
            1, "forec: sbatch: invalid partition specified: x; Batch job submission failed: no\n");
        Assert.True(File.Exists(slurm["cancelled"])); // an earlier array might have been taken

        File.Delete(slurm["scontrol"]);
        if (!File.Exists("/usr/bin/scontrol"))
        {
            Sweep(slurm, "refused", "--quiet").Failed(1, "scontrol: cannot be started; --executor slurm needs Slurm's commands");
            Assert.Contains("Slurm's default", Sweep(slurm, "refused", "--dry-run").Done().Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ctrl_C_cancels_the_jobs_and_says_how_to_continue()
    {
        using FakeSlurm slurm = new(maxArraySize: 1001);
        slurm.Command("sbatch", "#!/bin/sh\necho 1 >> \"$(dirname \"$0\")/submitted\"; echo 1\n");
        slurm.Command("squeue", "#!/bin/sh\n[ ! -e \"$(dirname \"$0\")/submitted\" ] || echo '1_[0-2]|PD|PartitionTimeLimit'\n");
        using ToolProcess sweep = Start(slurm, "stopped");
        while (!sweep.HasExited && slurm.Submitted.Length < 3)
            Thread.Sleep(20);
        Thread.Sleep(1500);
        sweep.Send("INT");
        Said said = sweep.Wait();
        Assert.Equal(130, said.Status);
        Assert.Contains("job 1_[0-2] waits: PartitionTimeLimit\n", said.Error, StringComparison.Ordinal);
        Assert.Matches("\nforec: stopped by SIGINT; its jobs are cancelled; continue with: forec sweep [^\n]*--resume\n$", said.Error);
        Assert.Matches($"^--name=forec-[0-9a-f]{{8}} --user={Environment.UserName}\n$", File.ReadAllText(slurm["cancelled"]));
    }

    [Theory]
    [InlineData("--cpus has no effect without --executor slurm", "--cpus", "2")]
    [InlineData("--dry-run has no effect without --executor slurm", "--dry-run")]
    [InlineData("--jobs has no effect with --executor slurm", "--executor", "slurm", "--jobs", "2")]
    [InlineData("--time: '2h' is not a time of Slurm", "--executor", "slurm", "--time", "2h")]
    [InlineData("--cpus: 0 is not between 1 and 1024", "--executor", "slurm", "--cpus", "0")]
    [InlineData("--executor: 'pbs' is not one of local, slurm", "--executor", "pbs")]
    public void Options_that_make_no_sense_are_refused(string problem, params string[] options) =>
        ToolRun.Run(["sweep", _whole.Tool["grid.json"], "--data", _whole.Tool.Root, "--out", _whole["refused"], .. options])
            .Failed(2, problem);

    [Fact]
    public void A_list_of_tasks_must_name_tasks_of_the_plan()
    {
        SweepTask cell = _whole.Manifest.Cells.First();
        File.WriteAllText(_whole["list"], $"{cell.Digest}\nabc\n");
        ToolRun.Run("sweep", "run", "--out", _whole["whole"], "--tasks", _whole["list"]).Failed(1, "list: the plan has no task abc");
        ToolRun.Run("sweep", "run", "--out", _whole["whole"], "--tasks", _whole["none"]).Failed(1, "none");
    }

    private Said Sweep(FakeSlurm slurm, string name, params string[] more)
    {
        using ToolProcess process = Start(slurm, name, more);
        return process.Wait();
    }

    private ToolProcess Start(FakeSlurm slurm, string name, params string[] more) => slurm.Start(
        ["sweep", _whole.Tool["grid.json"], "--data", _whole.Tool.Root, "--out", _whole[name], "--executor", "slurm", .. more]);

    [GeneratedRegex(@"^# job\d+=\$\(sbatch --parsable( --dependency=\S+)? ", RegexOptions.Multiline)]
    private static partial Regex Submission();
}
