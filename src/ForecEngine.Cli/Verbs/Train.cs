// forec train: data in, a result, a checkpoint and TREC files out.

using System.Diagnostics;
using System.Text.Json.Nodes;
using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Options;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Verbs;

/// <summary>The verb train.</summary>
internal static class Train
{
    // Often enough to lose little, seldom enough to cost little; no result depends on it.
    private const int SecondsBetweenCheckpoints = 10, MostSecondsBetweenCheckpoints = 1_000_000;

    /// <summary>Runs the verb.</summary>
    public static void Run(TrainArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest request = MarketChoice.Request(arguments);
        SourceChoice.RequireAuto(arguments);
        SourceChoice? choice = SourceChoice.IsAuto(arguments) ? SourceChoice.Parse(arguments, request.Target) : null;
        ExperimentChoice.RequireSources(plan, request.Sources.Count > 0 || choice is not null);
        ExperimentChoice.RequireSampling(plan);
        IRunOutput output = arguments;
        output.RequireDirectory();
        if (arguments.Resume && arguments.Out is null)
            throw new CommandLineException("--resume: the checkpoints are in --out, which is missing");
        if (arguments.CheckpointEvery is not null && arguments.Out is null)
            throw new CommandLineException("--checkpoint-every: the checkpoints are in --out, which is missing");
        TimeSpan between = TimeSpan.FromSeconds(
            OptionValue.Between("--checkpoint-every", arguments.CheckpointEvery, 0, MostSecondsBetweenCheckpoints)
                ?? SecondsBetweenCheckpoints);

        using IDevice device = DeviceChoice.Create(arguments);
        int threads = DeviceChoice.Threads(arguments);
        JsonOutput json = new(arguments, terminal);
        StageStore? stages = null;
        terminal.Interruption.HowToContinue = () => RunStart.HowToContinue(arguments, stages, terminal.Interruption);
        using RunDirectory? directory = output.OpenDirectory(terminal);
        RunStart.Require(arguments, directory);
        IReadOnlyList<RankedSource> ranking = [];
        if (choice is not null)
            (request, ranking) = choice.Make(new ExperimentRunner(device, threads, keepScores: false), plan, request, arguments, settings, terminal);
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, request, arguments, settings, terminal);
        output.RequireTrecRanking(data);
        IReadOnlyList<DataNote> notes = data.NotesOn(Split.Test);
        NoteLines.Say(notes, data.Rules, terminal);
        if (arguments.Resume && directory is not null
            && RunStart.Resume(arguments, directory, experiment, metrics, terminal) is { } finished)
        {
            Show(finished, terminal);
            json.Write(() => finished);
            directory.RemoveStages();
            return;
        }

        stages = arguments.Cache is null && arguments.Out is null
            ? null : new StageStore(arguments.Cache, arguments.Out, arguments.Resume, between, terminal.Say, terminal.Warn);
        ExperimentOutcome outcome = terminal.Interruption.Saving(stop => terminal.Follow(progress =>
            new ExperimentRunner(device, threads, stages, keepScores: arguments.Trec, stop)
                .Run(experiment, data.Markets, data.Candidates, metrics, progress)));
        Report(outcome, data, notes, choice?.ToJson(ranking), device, threads, directory, arguments.Trec, json, terminal);
    }

    /// <summary>Prints and writes what came out: what cannot be written has been seen.</summary>
    public static void Report(
        ExperimentOutcome outcome, ExperimentData data, IReadOnlyList<DataNote> notes, JsonArray? sourceSelection, IDevice device, int threads,
        RunDirectory? directory, bool trec, JsonOutput json, Terminal terminal)
    {
        JsonObject result = ResultFile.ToJson(outcome, device, threads, Process.GetCurrentProcess().PeakWorkingSet64);
        result["notes"] = NoteLines.ToJson(notes);
        if (sourceSelection is not null)
            result["source_selection"] = sourceSelection;
        Show(result, terminal);
        try
        {
            directory?.Write(outcome, data.TargetRows, result, trec);
        }
        finally
        {
            json.Write(() => result);
        }
    }

    private static void Show(JsonObject result, Terminal terminal)
    {
        string sources = string.Join(", ", result["sources"]?.AsArray().Select(source => $"{source}") ?? []);
        terminal.Output.WriteLine(
            $"{result["method"]} for {result["target"]}{(sources.Length > 0 ? $" with {sources}" : "")}, preset {result["preset"]}, seed {result["seed"]}, {result["device"]}");
        if (result["not_evaluated"] is { } reason)
            terminal.Output.WriteLine($"no metrics: {reason}");
        else
            RankingTable.Write(terminal.Output,
                [.. ((string[])["valid", "test"]).Where(result.ContainsKey).Select(split => (split, ResultFile.Ranking(result, split)))]);
    }
}
