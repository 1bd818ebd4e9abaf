// The batch script of a job array. It has everything but the dependencies, which are known only after earlier arrays are submitted.

using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Sweeps.Slurm;

/// <summary>Writes scripts.</summary>
/// <param name="tool">The words that start forec on the nodes.</param>
/// <param name="folder">The folder of the sweep, a full path.</param>
/// <param name="jobName">The name of all jobs of the sweep.</param>
/// <param name="options">What jobs ask for.</param>
/// <param name="retries">How often a task that fails is tried again in its job.</param>
internal sealed partial class SlurmScript(
    IReadOnlyList<string> tool, string folder, string jobName, SlurmOptions options, int retries)
{
    /// <summary>The seconds between the signal and the time limit; writing a checkpoint takes far less.</summary>
    public const int Warning = 60;

    /// <summary>The options of sbatch, with their names, as they are after "#SBATCH --".</summary>
    public IEnumerable<(string Name, string? Value)> Directives(JobArray array)
    {
        yield return ("job-name", jobName);
        yield return ("array", $"0-{array.Count - 1}{(options.MaxParallel is { } most ? $"%{most}" : "")}");
        yield return ("nodes", "1");
        yield return ("ntasks", "1");
        yield return ("cpus-per-task", $"{options.Cpus}");
        if (options.Partition is not null)
            yield return ("partition", options.Partition);
        if (options.Mem is not null)
            yield return ("mem", options.Mem);
        if (options.Gres is not null)
            yield return ("gres", options.Gres);
        if (options.Time is not null)
            yield return ("time", options.Time);
        yield return ("output", Path.Combine(folder, SweepFolder.Logs, "%A_%a.log").Replace(folder, folder.Replace("%", "%%")));
        yield return ("open-mode", "append"); // a requeued job would otherwise truncate its log
        yield return ("requeue", null);
        yield return ("signal", $"B:TERM@{Warning}");
    }

    /// <summary>The text of an array's script.</summary>
    /// <exception cref="IOException">A name has a character that cannot be in such a script.</exception>
    public string Text(JobArray array)
    {
        string list = Path.Combine(folder, SweepFolder.Jobs, array.List);
        string[] words = [.. tool, "sweep", "run", "--out", folder, "--tasks", list];
        StringBuilder text = new("#!/bin/bash\n");
        foreach ((string name, string? value) in Directives(array))
            text.Append($"#SBATCH --{name}{(value is null ? "" : $"={Quoted(name, value)}")}\n");
        text.Append("\n# By exec, forec itself gets the signal before the time limit, and writes a checkpoint.\n");
        text.Append($"exec {string.Join(' ', words.Select(Interruption.Quoted))}");
        text.Append($" --shard $((SLURM_ARRAY_TASK_ID + {array.First + 1}))/{array.Parts} --jobs {options.Cpus} --retries {retries}\n");
        return text.ToString();
    }

    // Slurm's own quotes: a backslash would also switch off % in a name of a file.
    private static string Quoted(string name, string value)
    {
        if (value.Any(char.IsControl) || value.Contains('\\'))
            throw new IOException($"--{name}: '{value}' has a backslash or a control character, which Slurm cannot take");
        return Plain().IsMatch(value) ? value : $"\"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    [GeneratedRegex(@"^[\w./:=,@%+-]+$")]
    private static partial Regex Plain();
}
