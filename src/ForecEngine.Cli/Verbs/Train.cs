// forec train: data in, a result, a checkpoint and TREC files out.

using System.Diagnostics;
using System.Text.Json.Nodes;
using ForecEngine.Cli.Options;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Verbs;

/// <summary>The verb train.</summary>
internal static class Train
{
    /// <summary>Runs the verb.</summary>
    public static void Run(TrainArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        Plan plan = ExperimentChoice.Plan(arguments.Method);
        TrainingOptions options = arguments.ToOptions();
        DataRequest request = MarketChoice.Request(arguments);
        SourceChoice? choice = SourceChoice.IsAuto(arguments.Source) ? SourceChoice.Parse(arguments, request.Target) : null;
        ExperimentChoice.RequireSources(plan, request.Sources.Count > 0 || choice is not null);
        if (arguments.Trec && arguments.Out is null)
            throw new CommandLineException("--trec: the files go into --out, which is missing");

        using IDevice device = DeviceChoice.Create(arguments);
        JsonOutput json = new(arguments.Json);
        RunDirectory? directory = arguments.Out is null ? null : new RunDirectory(arguments.Out);
        directory?.Probe();
        IReadOnlyList<RankedSource> ranking = [];
        if (choice is not null)
            (request, ranking) = choice.Make(device, plan, request, arguments, options, terminal);
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, request, arguments, options);
        if (arguments.Trec)
            TrecFile.Check(data.Markets[0], data.Candidates ?? []);
        ExperimentOutcome outcome = terminal.Follow(progress => new ExperimentRunner(device).Run(experiment, data.Markets, data.Candidates, metrics, progress));
        JsonObject result = ResultFile.ToJson(outcome, device, Process.GetCurrentProcess().PeakWorkingSet64);
        if (choice is not null)
            result["source_selection"] = choice.ToJson(ranking);
        directory?.Write(outcome, result, arguments.Trec);
        json.Write(() => result);
        Print(outcome, device.Name, terminal.Output);
    }

    private static void Print(ExperimentOutcome outcome, string device, TextWriter output)
    {
        Experiment experiment = outcome.Experiment;
        string from = experiment.Sources.Count > 0 ? $" with {string.Join(", ", experiment.Sources)}" : "";
        output.WriteLine($"{experiment.Method} for {experiment.Target}{from}, preset {experiment.Preset}, seed {experiment.Seed}, {device}");
        (string, EvaluationResult)[] splits = outcome.Valid is { } valid ? [("valid", valid.Result), ("test", outcome.Test.Result)] : [("test", outcome.Test.Result)];
        RankingTable.Write(output, splits);
    }
}
