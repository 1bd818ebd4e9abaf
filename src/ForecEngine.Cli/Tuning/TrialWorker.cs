// The process of one run. It reads its request, a line of JSON, from standard input, trains, ranks the validation rows and writes its
// result. It never ranks test rows. When standard input ends, because the search ends or was killed, it writes a checkpoint and ends.
// Progress goes to standard output: a line for each report, with the fraction that is done.

using System.Diagnostics;
using System.Text.Json;
using ForecEngine.Cli.Progress;
using ForecEngine.Cli.Verbs;

namespace ForecEngine.Cli.Tuning;

/// <summary>What a process trains.</summary>
/// <param name="Folder">The folder of the run.</param>
/// <param name="Record">The record of the run.</param>
/// <param name="Metric">The metric of the search.</param>
/// <param name="Words">The command line of train, without the verb.</param>
internal sealed record TrialRequest(string Folder, JsonObject Record, string Metric, IReadOnlyList<string> Words);

internal static class TrialWorker
{
    /// <summary>The first word of the command line of such a process. It is no verb, because people do not start these processes.</summary>
    public const string Word = "tune-trial";

    private static readonly TimeSpan s_betweenReports = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_betweenCheckpoints = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Trains.</summary>
    /// <exception cref="OperationCanceledException">Standard input has ended, or a signal has come.</exception>
    public static void Run(TextReader input, TextWriter output, TextWriter error, Interruption interruption)
    {
        TrialRequest request = JsonSerializer.Deserialize<TrialRequest>(input.ReadLine() ?? "null")
            ?? throw new CommandLineException($"{Word} expects a request of 'forec tune' on standard input");
        using CancellationTokenSource ended = new();
        new Thread(() => CancelAtEnd(input, ended)) { IsBackground = true }.Start();
        Terminal terminal = new(TextWriter.Null, error, quiet: true, tables: false, interruption);
        interruption.Saving(signalled =>
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(signalled, ended.Token);
            Run(request, output, terminal, stop.Token);
            return true;
        });
    }

    private static void Run(TrialRequest request, TextWriter output, Terminal terminal, CancellationToken stop)
    {
        using RunDirectory directory = Open(request.Folder, stop);
        if (TrialFolder.HasResult(request.Folder)) // the process of a killed search has just finished this run
            return;
        TrainArguments arguments = (TrainArguments)ArgumentParser.Parse(VerbCatalog.Find("train"), request.Words);
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest files = MarketChoice.Request(arguments);
        using IDevice device = DeviceChoice.Create(arguments);
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, files, arguments, settings, terminal);
        foreach ((string market, string digest) in data.Digests)
        {
            if ((string?)request.Record["data"]?[market] != digest)
                throw new DataFormatException($"{market}: its rows have changed since the search began");
        }

        StageStore stages = new(cache: null, request.Folder, resumes: true, s_betweenCheckpoints, say: null, terminal.Warn);
        ExperimentRunner runner = new(device, DeviceChoice.Threads(arguments), stages, keepScores: false, stop) { RanksTest = false };
        EvaluationResult? valid = null;
        string? failure = null;
        try
        {
            valid = runner.Run(experiment, data.Markets, metrics: Metric.ParseAll(request.Metric), progress: Reports(output)).Valid?.Result
                ?? throw new DataFormatException($"{data.Markets[0].Name}: no validation row is held out, so a trial has no score");
        }
        catch (DivergedException divergence)
        {
            // The outer message names the last checkpoint, which depends on the speed of the machine.
            failure = (divergence.InnerException ?? divergence).Message;
        }

        TrialFolder.Write(request.Folder, TrialFolder.Content(request.Record, valid, failure));
        directory.RemoveStages();
    }

    // A process of a killed search may still be about to end.
    private static RunDirectory Open(string folder, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return RunDirectory.Open(folder);
            }
            catch (DirectoryInUseException)
            {
                stop.WaitHandle.WaitOne(s_betweenLooks);
                stop.ThrowIfCancellationRequested();
            }
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
            output.WriteLine(left.Done.ToString("F4", CultureInfo.InvariantCulture));
            output.Flush();
        };
    }

    private static void CancelAtEnd(TextReader input, CancellationTokenSource ended)
    {
        while (input.ReadLine() is not null)
        {
            // A search sends nothing after the request.
        }

        try
        {
            ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run has just finished.
        }
    }
}
