// The part of a worker process that takes tasks from standard input and answers on standard output (WorkerProcess.cs). When standard input
// ends, because the process that started this one ends or was killed, the task under way writes a checkpoint and ends.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using ForecEngine.Cli.Progress;

namespace ForecEngine.Cli.Processes;

/// <summary>What a task needs besides its request.</summary>
/// <param name="Terminal">Collects warnings.</param>
/// <param name="Progress">Reports training.</param>
/// <param name="Stop">Is cancelled if the task must write a checkpoint and end.</param>
internal sealed record WorkerContext(Terminal Terminal, Action<TrainingProgress> Progress, CancellationToken Stop);

internal static class WorkerLoop
{
    private static readonly TimeSpan s_betweenReports = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Does tasks until standard input ends.</summary>
    /// <param name="word">The first word of the command line, for an error message.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="interruption">Handles signals.</param>
    /// <param name="work">Does a task. The result is false if another process is doing it.</param>
    /// <exception cref="OperationCanceledException">Standard input ended during a task, or a signal has come.</exception>
    public static void Run<TRequest>(
        string word, TextReader input, TextWriter output, Interruption interruption, Func<TRequest, WorkerContext, bool> work)
    {
        using CancellationTokenSource ended = new();
        using BlockingCollection<string> requests = [];
        new Thread(() => Read(input, requests, ended)) { IsBackground = true }.Start();
        bool any = false;
        foreach (string line in requests.GetConsumingEnumerable())
        {
            TRequest request = JsonSerializer.Deserialize<TRequest>(line) ?? throw Missing(word);
            any = true;
            using StringWriter warnings = new();
            try
            {
                bool isDone = interruption.Saving(signalled =>
                {
                    using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(signalled, ended.Token);
                    Terminal terminal = new(TextWriter.Null, warnings, quiet: true, tables: false, interruption);
                    return work(request, new WorkerContext(terminal, Reports(output), stop.Token));
                });
                Warn(output, warnings);
                Write(output, isDone ? WorkerProcess.Done : WorkerProcess.Busy);
            }
            catch
            {
                Warn(output, warnings);
                throw;
            }
        }

        if (!any)
            throw Missing(word);
    }

    /// <summary>Opens a folder that the process of a killed program may still be about to leave.</summary>
    public static T Open<T>(Func<T> open, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return open();
            }
            catch (DirectoryInUseException)
            {
                stop.WaitHandle.WaitOne(s_betweenLooks);
                stop.ThrowIfCancellationRequested();
            }
        }
    }

    private static CommandLineException Missing(string word) => new($"{word} expects a task on standard input; it is no verb for people");

    private static void Warn(TextWriter output, StringWriter warnings)
    {
        foreach (string line in WorkerProcess.Messages(warnings.ToString()))
            Write(output, WorkerProcess.Warning + line.TrimEnd());
    }

    private static void Write(TextWriter output, string line)
    {
        try
        {
            output.WriteLine(line);
            output.Flush();
        }
        catch (IOException)
        {
            // The process that started this one was killed, which the end of standard input shows.
        }
    }

    private static Action<TrainingProgress> Reports(TextWriter output)
    {
        TimeLeft left = new();
        long reported = Stopwatch.GetTimestamp();
        return report =>
        {
            left.Update(report);
            if (Stopwatch.GetElapsedTime(reported) < s_betweenReports)
                return;
            reported = Stopwatch.GetTimestamp();
            Write(output, left.Done.ToString("F4", CultureInfo.InvariantCulture));
        };
    }

    private static void Read(TextReader input, BlockingCollection<string> requests, CancellationTokenSource ended)
    {
        try
        {
            while (input.ReadLine() is { } line)
                requests.Add(line);
            ended.Cancel();
            requests.CompleteAdding();
        }
        catch (ObjectDisposedException)
        {
            // The process has just ended.
        }
    }
}
