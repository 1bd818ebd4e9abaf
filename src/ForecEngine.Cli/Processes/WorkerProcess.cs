// Starts a worker process and gives it tasks, one after another. The process watches its standard input, so it also ends if this process is
// killed. A task is a line of JSON on its standard input. Its answers are lines on standard output:
//   0.1234        the fraction of the task that is done
//   warning TEXT  a line for the user
//   done          the task has finished
//   busy          another process is doing it
// If a task fails, the process ends, with an error in one line on standard error.

using System.Diagnostics;

namespace ForecEngine.Cli.Processes;

/// <summary>How a task ended.</summary>
/// <param name="Outcome">Whether it has finished.</param>
/// <param name="Message">The error, or null.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record WorkerAnswer(WorkerOutcome Outcome, string? Message, IReadOnlyList<string> Warnings);

internal enum WorkerOutcome
{
    Done,
    Busy,
    Failed,

    /// <summary>A signal ended the process, or it did not take the task.</summary>
    Killed,
}

internal sealed class WorkerProcess : IDisposable
{
    public const string Done = "done", Busy = "busy", Warning = "warning ";

    private const string Tool = "forec";
    private const int Signalled = 128;

    private readonly Process _process;
    private readonly StringBuilder _error = new();

    /// <summary>Starts a process.</summary>
    /// <param name="word">The first word of its command line.</param>
    public WorkerProcess(string word)
    {
        (string file, string[] arguments) = Command();
        ProcessStartInfo start = new(file, [.. arguments, word])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start) ?? throw new IOException($"{file}: does not start");
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_error)
                _error.Append(line.Data).Append('\n');
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>Whether it can take a task.</summary>
    public bool IsReady { get; private set; } = true;

    /// <summary>The lines that the tool wrote to standard error, without its name.</summary>
    public static string[] Messages(string error) =>
    [
        .. error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.StartsWith($"{Tool}: ", StringComparison.Ordinal) ? line[(Tool.Length + 2)..] : line),
    ];

    /// <summary>Gives it a task and waits until the task or the process ends.</summary>
    /// <param name="request">The task, a line of JSON.</param>
    /// <param name="progress">Receives the fraction that is done.</param>
    public WorkerAnswer Do(string request, Action<double> progress)
    {
        IsReady = false;
        List<string> warnings = [];
        try
        {
            _process.StandardInput.WriteLine(request);
            _process.StandardInput.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process has ended, which its output shows.
        }

        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line is Done or Busy)
            {
                IsReady = true;
                return new WorkerAnswer(line == Done ? WorkerOutcome.Done : WorkerOutcome.Busy, null, warnings);
            }

            if (line.StartsWith(Warning, StringComparison.Ordinal))
                warnings.Add(line[Warning.Length..]);
            else if (double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction))
                progress(fraction);
        }

        _process.WaitForExit();
        int status = _process.ExitCode;
        string told = Errors() is [.., var last] ? last : $"its process ended with status {status}";
        return new WorkerAnswer(status is 0 or > Signalled ? WorkerOutcome.Killed : WorkerOutcome.Failed, told, warnings);
    }

    /// <summary>Asks it to write a checkpoint and end.</summary>
    public void End()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process has ended.
        }
    }

    public void Dispose()
    {
        End();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string[] Errors()
    {
        lock (_error)
            return Messages(_error.ToString());
    }

    // The program that runs now: started by its own name, or as a file of `dotnet`. In another program, such as a test, the tool is beside
    // its library.
    /// <summary>The file and the first arguments that start the tool.</summary>
    public static (string File, string[] Arguments) Command()
    {
        string library = typeof(WorkerProcess).Assembly.Location, program = Environment.ProcessPath ?? "";
        return Path.GetFileNameWithoutExtension(program) switch
        {
            Tool => (program, []),
            "dotnet" => (program, [library]),
            _ => (Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{Tool}.exe" : Tool), []),
        };
    }
}
