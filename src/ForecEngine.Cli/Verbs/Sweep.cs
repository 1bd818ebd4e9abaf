// forec sweep: runs a grid of experiments. It consists of three verbs that any scheduler can use: plan, run and merge.

using System.Text.Json;
using ForecEngine.Cli.Processes;
using ForecEngine.Cli.Sweeps;
using ForecEngine.Cli.Sweeps.Slurm;

namespace ForecEngine.Cli.Verbs;

internal static class Sweep
{
    private const int MostNamed = 10;

    public static bool Run(SweepArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        if (Complete(arguments, arguments, terminal) is not { } ended)
            return true;
        json.Write(ended.Table.ToJson);
        return ended.IsWhole;
    }

    /// <summary>Plans, runs and merges.</summary>
    /// <param name="grid">The grid and its folder.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="terminal">Shows the progress.</param>
    /// <returns>The results, and whether all cells have finished; null after a dry run.</returns>
    public static (SweepTable Table, bool IsWhole)? Complete(SweepPlanArguments grid, IExecutorOptions options, Terminal terminal)
    {
        terminal.Interruption.HowToContinue = () => $"continue with: {terminal.Interruption.Command("--resume")}";
        SweepFolder folder = Probed(grid.Out);
        int retries = Retries(options), jobs = Jobs(options);
        SlurmOptions? slurm = SlurmOptions.Read(options);
        Manifest manifest = Planned(grid, folder, terminal);
        if (slurm is not null && options.DryRun)
        {
            new SlurmExecutor(manifest, grid.Out, slurm, retries, terminal).Print();
            return null;
        }

        bool isWhole = slurm is null
            ? Run(manifest, manifest.Tasks, grid.Out, manifest.Data, jobs, retries, MostNamed, terminal)
            : RunJobs(manifest, grid.Out, slurm, retries, terminal);
        SweepTable table = Merge(manifest, folder, terminal, says: isWhole);
        return (table, table.Missing.Count == 0 && isWhole);
    }

    /// <summary>Writes the manifest.</summary>
    public static void Plan(SweepPlanArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        SweepFolder folder = Probed(arguments.Out);
        Manifest manifest = Planned(arguments, folder, terminal);
        ResultTable.Write(terminal.Output, ["level", "stages", "cells"],
            manifest.Tasks.GroupBy(task => task.Level).OrderBy(level => level.Key).Select(level => (string[])
            [
                $"{level.Key}", $"{level.Count(task => task.Kind == TaskKind.Stage)}", $"{level.Count(task => task.Kind == TaskKind.Cell)}",
            ]));
        terminal.Output.WriteLine($"{Counted.Of(manifest.Cells.Count(), "cell")} in {folder.Manifest}");
        json.Write(manifest.ToJson);
    }

    /// <summary>Runs a part of the tasks.</summary>
    public static bool RunShard(SweepRunArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        Shard shard = Shard.Read(arguments.Shard, arguments.Shards, Environment.GetEnvironmentVariable);
        terminal.Interruption.HowToContinue = () => "the same command continues";
        SweepFolder folder = new(arguments.Out);
        Manifest manifest = Manifest.Read(folder.Manifest);
        folder.Probe();
        IReadOnlyList<SweepTask> tasks = shard.Of(Chosen(arguments, manifest));
        bool isWhole = Run(
            manifest, tasks, arguments.Out, arguments.Data ?? manifest.Data, Jobs(arguments), Retries(arguments), int.MaxValue, terminal);
        json.Write(() => new JsonObject
        {
            ["schema"] = "forec.shard/1",
            ["tasks"] = new JsonArray([.. tasks.Select(JsonNode (task) => new JsonObject
            {
                ["digest"] = task.Digest,
                ["done"] = folder.IsDone(task),
            })]),
        });
        return isWhole;
    }

    /// <summary>Collects the results.</summary>
    public static bool Merge(SweepMergeArguments arguments, Terminal terminal)
    {
        JsonOutput json = new(arguments, terminal);
        SweepFolder folder = new(arguments.Out);
        SweepTable table = Merge(Manifest.Read(folder.Manifest), folder, terminal, says: true);
        json.Write(table.ToJson);
        return table.Missing.Count == 0;
    }

    private static SweepFolder Probed(string path)
    {
        SweepFolder folder = new(path);
        folder.Probe();
        return folder;
    }

    private static Manifest Planned(SweepPlanArguments arguments, SweepFolder folder, Terminal terminal)
    {
        MarketSurvey survey = new();
        Manifest manifest = SweepPlan.Make(GridFile.Read(arguments.Grid), arguments, terminal, survey);
        SweepFolder.WriteIfChanged(folder.Markets, survey.Result().ToJson());
        manifest.Write(folder.Manifest);
        return manifest;
    }

    // Without a choice, the stages come with the cells that need them.
    private static IReadOnlyList<SweepTask> Chosen(SweepRunArguments arguments, Manifest manifest)
    {
        int? level = OptionValue.Between("--level", arguments.Level, 0, manifest.Tasks.Max(task => task.Level));
        if (arguments.Tasks is not { } file)
            return [.. manifest.Tasks.Where(task => level is null ? task.Kind == TaskKind.Cell : task.Level == level)];
        if (level is not null)
            throw new CommandLineException("--level has no effect with --tasks");
        Dictionary<string, SweepTask> byDigest = manifest.Tasks.ToDictionary(task => task.Digest);
        return
        [
            .. File.ReadAllLines(file).Where(line => line.Length > 0).Select(line => byDigest.GetValueOrDefault(line)
                ?? throw new DataFormatException($"{file}: the plan has no task {line}")),
        ];
    }

    private static int Jobs(ISweepRunOptions options) => OptionValue.Between("--jobs", options.Jobs, 1, 1024) ?? Environment.ProcessorCount;

    private static int Retries(ISweepRunOptions options) => OptionValue.Between("--retries", options.Retries, 0, 1000) ?? 1;

    private static bool Run(
        Manifest manifest, IReadOnlyList<SweepTask> tasks, string path, string data, int jobs, int retries, int mostNamed,
        Terminal terminal)
    {
        SweepFolder folder = new(path);
        IReadOnlyList<FailedTask> failed = terminal.Interruption.Saving(stop => terminal.Follow(report =>
        {
            SweepQueue queue = new(manifest.Tasks, tasks, folder, Request, retries, new SweepProgress(terminal, report), terminal);
            new WorkerPool(SweepWorker.Word, Math.Min(jobs, queue.Count)).Run(queue, stop);
            return queue.Failed;
        }));
        return Say(failed, mostNamed, terminal);

        string Request(SweepTask task) => JsonSerializer.Serialize(new SweepRequest(path, data, manifest.Columns, task));
    }

    private static bool RunJobs(Manifest manifest, string path, SlurmOptions options, int retries, Terminal terminal)
    {
        SlurmExecutor executor = new(manifest, path, options, retries, terminal);
        Func<string>? ordinary = terminal.Interruption.HowToContinue;
        terminal.Interruption.HowToContinue = () => $"its jobs are cancelled; {ordinary?.Invoke()}";
        return Say(terminal.Interruption.Saving(stop => terminal.Follow(report => executor.Run(report, stop))), MostNamed, terminal);
    }

    // Names the tasks that have failed. The result is whether there are none.
    private static bool Say(IReadOnlyList<FailedTask> failed, int mostNamed, Terminal terminal)
    {
        foreach (FailedTask task in failed.Take(mostNamed))
            terminal.Warn(task.Line);
        if (failed.Count > mostNamed)
            terminal.Warn($"{Counted.Of(failed.Count - mostNamed, "more task")} failed");
        return failed.Count == 0;
    }

    private static SweepTable Merge(Manifest manifest, SweepFolder folder, Terminal terminal, bool says)
    {
        SweepTable table = new(manifest, folder);
        table.Write(folder.Results);
        terminal.Output.WriteLine($"{Counted.Of(table.Count, "cell")} in {folder.Results}");
        if (table.Missing.Count > 0 && says)
        {
            string more = table.Missing.Count > MostNamed ? $"; and {table.Missing.Count - MostNamed} more" : "";
            terminal.Warn($"{Counted.Of(table.Missing.Count, "cell")} without a result: "
                + $"{string.Join("; ", table.Missing.Take(MostNamed).Select(cell => cell.Name))}{more}");
        }

        return table;
    }
}
