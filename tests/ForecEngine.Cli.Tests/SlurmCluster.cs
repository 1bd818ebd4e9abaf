// A Slurm of one node, bound to 127.0.0.1: munged, slurmctld and slurmd with a key, ports and a folder of their own. Needs root and
// Debian's packages slurm-wlm and munge, as .ci/debian has them.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;

namespace ForecEngine.Cli.Tests;

public sealed class SlurmCluster : IDisposable
{
    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<Process> _daemons = [];

    /// <summary>Starts it, unless it is not installed.</summary>
    public SlurmCluster()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            Missing = "needs Linux and root";
        else if (((string[])["munged", "slurmctld", "slurmd"]).FirstOrDefault(program => !IsInstalled(program)) is { } program)
            Missing = $"{program} is not installed";
        else
            Start();
    }

    /// <summary>Why there is none; null if there is one.</summary>
    public string? Missing { get; }

    private static string Node => Environment.MachineName;

    /// <summary>A path in its folder.</summary>
    public string this[string name] => _directory[name];

    public void Dispose()
    {
        foreach (Process daemon in Enumerable.Reverse(_daemons))
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }

        _directory.Dispose();
    }

    /// <summary>Runs one of Slurm's commands and returns what it prints.</summary>
    public string Run(string command, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = this["slurm.conf"];
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: {error.Result}");
    }

    /// <summary>Sets the node down, and up again when nothing runs on it.</summary>
    public void Fail(Func<bool> isEmpty)
    {
        Run("scontrol", "update", $"nodename={Node}", "state=down", "reason=test");
        Until(isEmpty, "jobs survive their node");
        Run("scontrol", "update", $"nodename={Node}", "state=resume");
    }

    /// <summary>Starts requeued jobs, which otherwise wait two minutes.</summary>
    public void StartRequeued()
    {
        foreach (string job in Run("squeue", "--noheader", "--array", "--state=PENDING", "--format=%i %r").Split('\n')
            .Where(line => line.EndsWith(" BeginTime", StringComparison.Ordinal)))
            Run("scontrol", "update", $"jobid={job.Split(' ')[0]}", "starttime=now");
    }

    /// <summary>Cancels all jobs, such as those of a test that has failed.</summary>
    public void Clear()
    {
        Run("scancel", "--user=root");
        Until(() => Run("squeue", "--noheader").Length == 0, "jobs are not cancelled");
    }

    /// <summary>Starts the tool so that it finds this Slurm.</summary>
    internal ToolProcess Tool(params string[] args) => ToolProcess.Within(
        "env", ["--default-signal=INT", $"SLURM_CONF={this["slurm.conf"]}", ToolProcess.Tool, .. args]);

    /// <summary>Waits until a condition holds.</summary>
    public static void Until(Func<bool> holds, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(start) > s_longestStart)
                throw new TimeoutException(what);
            Thread.Sleep(20);
        }
    }

    private void Start()
    {
        foreach (string folder in (string[])["state", "spool"])
            Directory.CreateDirectory(this[folder]);
        File.WriteAllBytes(this["munge.key"], RandomNumberGenerator.GetBytes(1024));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this["munge.key"], UnixFileMode.UserRead);
        File.WriteAllText(this["slurm.conf"], Configuration());
        File.WriteAllText(this["cgroup.conf"], "CgroupPlugin=disabled\n"); // a container's cgroups are not Slurm's to change

        // The folder of temporary files is open to all, which munged accepts by force alone.
        Daemon("munged", "--foreground", "--force", $"--key-file={this["munge.key"]}", $"--socket={this["munge.socket"]}",
            $"--pid-file={this["munged.pid"]}", $"--seed-file={this["munge.seed"]}", "--num-threads=2");
        Until(() => File.Exists(this["munge.socket"]), "munged does not start");
        Daemon("slurmctld", "-D", "-f", this["slurm.conf"]);
        Daemon("slurmd", "-D", "-f", this["slurm.conf"], "-N", Node);
        Until(IsIdle, "slurmd does not start");
    }

    private bool IsIdle()
    {
        if (_daemons.FirstOrDefault(daemon => daemon.HasExited) is { } ended)
            throw new InvalidOperationException($"{ended.StartInfo.FileName} has ended");
        try
        {
            return Run("sinfo", "--noheader", "--format=%T").Trim() == "idle";
        }
        catch (InvalidOperationException)
        {
            return false; // slurmctld is not yet there
        }
    }

    // For a node without cgroups. A node that is set down stays down.
    private string Configuration() => string.Create(CultureInfo.InvariantCulture, $"""
        ClusterName=test
        SlurmctldHost={Node}(127.0.0.1)
        SlurmctldPort={FreePort()}
        SlurmdPort={FreePort()}
        CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
        AuthType=auth/munge
        CredType=cred/munge
        AuthInfo=socket={this["munge.socket"]}
        SlurmUser=root
        StateSaveLocation={this["state"]}
        SlurmdSpoolDir={this["spool"]}
        SlurmctldPidFile={this["slurmctld.pid"]}
        SlurmdPidFile={this["slurmd.pid"]}
        SlurmctldLogFile={this["slurmctld.log"]}
        SlurmdLogFile={this["slurmd.log"]}
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        JobAcctGatherType=jobacct_gather/none
        MpiDefault=none
        ReturnToService=1
        SlurmdParameters=config_overrides
        SchedulerParameters=sched_interval=1,batch_sched_delay=0
        MaxArraySize=3
        KillWait=5
        NodeName={Node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000
        PartitionName=main Nodes=ALL Default=YES State=UP

        """);

    private void Daemon(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { }; // the daemons also write logs; a full pipe would stop them
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _daemons.Add(process);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
