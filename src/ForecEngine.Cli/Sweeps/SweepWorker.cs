// A process that trains stages and cells (WorkerLoop.cs). A cell is trained as by train; its result has nothing that depends on the
// machine.

using System.Diagnostics;
using ForecEngine.Cli.Processes;
using ForecEngine.Cli.Verbs;

namespace ForecEngine.Cli.Sweeps;

/// <summary>What a process does.</summary>
/// <param name="Folder">The folder of the sweep.</param>
/// <param name="Data">The folder of the data.</param>
/// <param name="ColumnLists">The names of columns.</param>
/// <param name="Task">The task.</param>
internal sealed record SweepRequest(string Folder, string Data, IReadOnlyList<string> ColumnLists, SweepTask Task);

internal static class SweepWorker
{
    /// <summary>The first word of the command line of such a process. It is no verb, because people do not start these processes.</summary>
    public const string Word = "sweep-task";

    private static readonly TimeSpan s_betweenCheckpoints = TimeSpan.FromSeconds(5);

    /// <summary>Does the tasks that standard input names.</summary>
    /// <exception cref="OperationCanceledException">Standard input has ended, or a signal has come.</exception>
    public static void Run(TextReader input, TextWriter output, Interruption interruption) =>
        WorkerLoop.Run<SweepRequest>(Word, input, output, interruption, Run);

    private static bool Run(SweepRequest request, WorkerContext context)
    {
        SweepFolder folder = new(request.Folder);
        SweepTask task = request.Task;
        string own = task.Kind == TaskKind.Cell ? folder.CellOf(task) : folder.WorkOf(task);
        try
        {
            using RunDirectory directory = RunDirectory.Open(own, task.Kind == TaskKind.Cell ? null : [Path.GetFileName(folder.Manifest)]);
            if (folder.IsDone(task)) // another process has just finished it
                return true;
            Train(request, folder, directory, own, context);
        }
        catch (DirectoryInUseException)
        {
            return false;
        }

        if (task.Kind == TaskKind.Stage)
            RemoveEmpty(own);
        return true;
    }

    private static void Train(SweepRequest request, SweepFolder folder, RunDirectory directory, string own, WorkerContext context)
    {
        SweepTask task = request.Task;
        TrainArguments arguments = (TrainArguments)ArgumentParser.Parse(
            VerbCatalog.Find("train"),
            [
                .. task.Arguments, "--data", request.Data, .. MarketChoice.ColumnWords(request.ColumnLists),
                .. task.Argument("device") == "scalar" ? (string[])[] : ["--threads", "1"],
            ]);
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest files = MarketChoice.Request(arguments);
        using IDevice device = DeviceChoice.Create(arguments);
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, files, arguments, settings, context.Terminal);
        Require(task, experiment);
        StageStore stages = new(folder.Stages, own, resumes: true, s_betweenCheckpoints, say: null, context.Terminal.Warn)
        {
            IsShared = task.Stages.Contains,
        };
        ExperimentRunner runner = new(device, DeviceChoice.Threads(arguments), stages, keepScores: false, context.Stop);
        if (task.Kind == TaskKind.Stage)
        {
            IReadOnlyList<string> trained = runner.TrainStages(experiment, data.Markets, task.Stages.Count, context.Progress);
            if (trained.FirstOrDefault(file => !File.Exists(file)) is { } missing)
                throw new IOException(stages.LastProblem ?? $"{missing}: could not be saved");
            folder.WriteStage(task, trained);
            directory.RemoveStages();
            return;
        }

        ExperimentOutcome outcome = runner.Run(experiment, data.Markets, data.Candidates, Metric.Default, context.Progress);
        JsonObject result = ResultFile.ToJson(
            outcome, device, DeviceChoice.Threads(arguments), Process.GetCurrentProcess().PeakWorkingSet64);
        result["notes"] = NoteLines.ToJson(data.NotesOn(Split.Test));
        JsonObject timing = ResultFile.TakeTiming(result);
        timing.Insert(0, "schema", "forec.timing/1");
        timing["engine"] = ForecTool.Version;
        timing["machine"] = Environment.MachineName;
        folder.WriteTiming(task, timing);
        directory.Write(outcome, data.TargetRows, result, trec: false);
    }

    // The record is that of the plan, unless the data or the program have changed since.
    private static void Require(SweepTask task, Experiment experiment)
    {
        Experiment planned = task.Experiment;
        foreach ((string market, string digest) in experiment.Digests)
        {
            if (planned.Digests.GetValueOrDefault(market) != digest)
                throw new DataFormatException($"{market}: its rows have changed since the plan; 'forec sweep plan' makes a new one");
        }

        if ((planned with { Arithmetic = experiment.Arithmetic }).ToJson() != experiment.ToJson())
            throw new DataFormatException("the plan is of another version of forec; 'forec sweep plan' makes a new one");
    }

    private static void RemoveEmpty(string folder)
    {
        foreach (string each in (string[])[folder, Path.GetDirectoryName(folder) ?? folder])
        {
            try
            {
                Directory.Delete(each);
            }
            catch (IOException)
            {
                // Another task uses it, or it is already removed.
            }
        }
    }
}
