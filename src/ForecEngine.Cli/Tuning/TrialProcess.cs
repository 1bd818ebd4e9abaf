// Starts the process of a run and follows it. The process watches its standard input, so it also ends if this process is killed.

using System.Diagnostics;
using System.Text.Json;

namespace ForecEngine.Cli.Tuning;

internal sealed class TrialProcess : IDisposable
{
    private const string Tool = "forec";
    private const int Signalled = 128;

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Lock _lock = new();

    /// <summary>Starts a process.</summary>
    /// <param name="request">What it trains.</param>
    /// <param name="progress">Is called with the fraction of the training that is done, from another thread.</param>
    public TrialProcess(TrialRequest request, Action<double> progress)
    {
        (string file, string[] arguments) = Command();
        ProcessStartInfo start = new(file, [.. arguments, TrialWorker.Word])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start) ?? throw new IOException($"{file}: does not start");
        _process.OutputDataReceived += (_, line) =>
        {
            if (double.TryParse(line.Data, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction))
                progress(fraction);
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_lock)
                _error.Append(line.Data).Append('\n');
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The process has already ended, which Wait reports.
        }
    }

    /// <summary>The lines that it wrote to standard error.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_lock)
            {
                string[] lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
                return [.. lines.Select(line => line.StartsWith($"{Tool}: ", StringComparison.Ordinal) ? line[(Tool.Length + 2)..] : line)];
            }
        }
    }

    /// <summary>Whether a signal ended it.</summary>
    public bool IsKilled => _process.ExitCode > Signalled;

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit status.</returns>
    public int Wait()
    {
        _process.WaitForExit();
        return _process.ExitCode;
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
        _process.Dispose();
    }

    // The program that runs now: started by its own name, or as a file of `dotnet`. In another program, such as a test, the tool is beside
    // its library.
    private static (string File, string[] Arguments) Command()
    {
        string library = typeof(TrialProcess).Assembly.Location, program = Environment.ProcessPath ?? "";
        return Path.GetFileNameWithoutExtension(program) switch
        {
            Tool => (program, []),
            "dotnet" => (program, [library]),
            _ => (Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{Tool}.exe" : Tool), []),
        };
    }
}
