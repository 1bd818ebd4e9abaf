// Runs the tool as a process, which can be sent a signal.

using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace ForecEngine.Cli.Tests;

internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    // A shell that runs the tests in the background lets them, and the tool with them, ignore SIGINT.
    public ToolProcess(params string[] args)
        : this(OperatingSystem.IsLinux() ? "env" : Tool, OperatingSystem.IsLinux() ? ["--default-signal=INT", Tool, .. args] : args)
    {
    }

    private ToolProcess(string file, string[] args)
    {
        ProcessStartInfo start = new(file, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("the tool does not start");
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>The path of the tool.</summary>
    public static string Tool { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "forec.exe" : "forec");

    public bool HasExited => _process.HasExited;

    /// <summary>Starts another program, which runs the tool.</summary>
    public static ToolProcess Within(string file, params string[] args) => new(file, args);

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

    /// <summary>Waits until it has started processes, unless it ends before; for Linux.</summary>
    /// <returns>Their ids.</returns>
    public int[] WaitForChildren()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("needs /proc");
        int[] children = [];
        while (children.Length == 0 && !HasExited)
            children = Children();
        Assert.NotEmpty(children);
        return children;
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
