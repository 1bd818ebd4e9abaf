// Slurm's commands: scontrol, sbatch, squeue and scancel. None needs accounting.

using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Sweeps.Slurm;

/// <summary>A job, or the elements of an array that are not yet jobs.</summary>
/// <param name="Id">Its number, such as 12_3 or 12_[4-9].</param>
/// <param name="State">Its state in two letters, such as PD for pending.</param>
/// <param name="Reason">Why it waits.</param>
internal sealed record QueuedJob(string Id, string State, string Reason);

internal static partial class SlurmCommands
{
    /// <summary>The largest array where no Slurm can be asked: its default.</summary>
    public const int DefaultArraySize = 1001;

    /// <summary>The most elements of an array.</summary>
    /// <exception cref="IOException">Slurm is not there, or does not answer.</exception>
    public static int MaxArraySize()
    {
        string config = Run("scontrol", "show", "config");
        return ArraySize().Match(config) is { Success: true } match && int.TryParse(match.Groups[1].Value, out int size) && size > 0
            ? size : DefaultArraySize;
    }

    /// <summary>Submits a script.</summary>
    /// <param name="script">The file.</param>
    /// <param name="after">The jobs that must have ended, in whatever way.</param>
    /// <param name="directives">The names of the script's options.</param>
    /// <returns>The number of the job.</returns>
    /// <exception cref="IOException">sbatch refuses it.</exception>
    public static string Submit(string script, IReadOnlyList<string> after, IEnumerable<string> directives)
    {
        // The script's options must win over the user's defaults. sbatch prefers variables such as SBATCH_PARTITION to the script.
        string[] overriding = [.. directives.Select(name => "SBATCH_" + name switch
        {
            "array" => "ARRAY_INX",
            "time" => "TIMELIMIT",
            "mem" => "MEM_PER_NODE",
            _ => name.ToUpperInvariant().Replace('-', '_'),
        })];
        string[] dependency = after.Count > 0 ? [$"--dependency=afterany:{string.Join(':', after)}"] : [];
        return Run("sbatch", ["--parsable", .. dependency, script], overriding).Trim().Split(';')[0];
    }

    /// <summary>The jobs with a name that have not ended.</summary>
    /// <exception cref="IOException">Slurm does not answer.</exception>
    public static IReadOnlyList<QueuedJob> Jobs(string name) =>
    [
        .. Run("squeue", "--noheader", $"--name={name}", $"--user={Environment.UserName}", "--format=%i|%t|%r")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split('|')).Where(parts => parts.Length == 3)
            .Select(parts => new QueuedJob(parts[0], parts[1], parts[2])),
    ];

    /// <summary>Cancels the jobs with a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="onlyPending">Whether to leave those that run.</param>
    /// <exception cref="IOException">Slurm does not answer.</exception>
    public static void Cancel(string name, bool onlyPending) => Run(
        "scancel", [.. onlyPending ? (string[])["--state=PENDING"] : [], $"--name={name}", $"--user={Environment.UserName}"]);

    private static string Run(string command, params string[] arguments) => Run(command, arguments, []);

    private static string Run(string command, string[] arguments, string[] without)
    {
        ProcessStartInfo start = new(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string variable in without)
            start.Environment.Remove(variable);
        try
        {
            using Process process = Process.Start(start) ?? throw new IOException($"{command}: does not start");
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new IOException($"{command}: {Problem(command, error.Result, process.ExitCode)}");
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"{command}: cannot be started; --executor slurm needs Slurm's commands", exception);
        }
    }

    private static string Problem(string command, string error, int status)
    {
        string[] lines = [.. error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Replace($"{command}: ", "", StringComparison.Ordinal).Replace("error: ", "", StringComparison.Ordinal))];
        return lines.Length > 0 ? string.Join("; ", lines) : $"ended with status {status}";
    }

    [GeneratedRegex(@"^MaxArraySize\s*=\s*(\d+)", RegexOptions.Multiline)]
    private static partial Regex ArraySize();
}
