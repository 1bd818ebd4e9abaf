// Runs the tool as a process, which can be sent a signal.

using System.Diagnostics;
using System.Globalization;

namespace ForecEngine.Cli.Tests;

internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public ToolProcess(params string[] args)
    {
        // A shell that runs the tests in the background lets them, and the tool with them, ignore SIGINT.
        string tool = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "forec.exe" : "forec");
        (string file, string[] all) = OperatingSystem.IsLinux() ? ("env", ["--default-signal=INT", tool, .. args]) : (tool, args);
        ProcessStartInfo start = new(file, all)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("the tool does not start");
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Kills the process as <c>kill -9</c> does.</summary>
    /// <param name="withChildren">Whether to kill its processes too.</param>
    public void Kill(bool withChildren = false) => _process.Kill(entireProcessTree: withChildren);

    /// <summary>The ids of the processes that its threads started and that have not ended; for Linux.</summary>
    public int[] Children()
    {
        try
        {
            return
            [
                .. Directory.GetDirectories($"/proc/{_process.Id}/task")
                    .Select(thread => File.ReadAllText(Path.Combine(thread, "children")))
                    .SelectMany(children => children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return []; // the process or a thread has just ended
        }
    }

    /// <summary>Sends a signal by its name, such as TERM.</summary>
    public void Send(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public Said Wait()
    {
        _process.WaitForExit();
        return new Said(_process.ExitCode, _output.GetAwaiter().GetResult(), _error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
