// A worker process of tune (WorkerLoop.cs). It trains the runs of trials and ranks their validation rows. It never ranks test rows.

using ForecEngine.Cli.Processes;
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

    private static readonly TimeSpan s_betweenCheckpoints = TimeSpan.FromSeconds(5);

    /// <summary>Trains the runs that standard input names.</summary>
    /// <exception cref="OperationCanceledException">Standard input has ended, or a signal has come.</exception>
    public static void Run(TextReader input, TextWriter output, Interruption interruption) =>
        WorkerLoop.Run<TrialRequest>(Word, input, output, interruption, Run);

    private static bool Run(TrialRequest request, WorkerContext context)
    {
        Terminal terminal = context.Terminal;
        using RunDirectory directory = WorkerLoop.Open(() => RunDirectory.Open(request.Folder), context.Stop);
        if (TrialFolder.HasResult(request.Folder)) // the process of a killed search has just finished this run
            return true;
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
        ExperimentRunner runner = new(device, DeviceChoice.Threads(arguments), stages, keepScores: false, context.Stop)
        {
            RanksTest = false,
        };
        EvaluationResult? valid = null;
        string? failure = null;
        try
        {
            valid = runner.Run(experiment, data.Markets, metrics: Metric.ParseAll(request.Metric), progress: context.Progress).Valid?.Result
                ?? throw new DataFormatException($"{data.Markets[0].Name}: no validation row is held out, so a trial has no score");
        }
        catch (DivergedException divergence)
        {
            // The outer message names the last checkpoint, which depends on the speed of the machine.
            failure = (divergence.InnerException ?? divergence).Message;
        }

        TrialFolder.Write(request.Folder, TrialFolder.Content(request.Record, valid, failure));
        directory.RemoveStages();
        return true;
    }
}
