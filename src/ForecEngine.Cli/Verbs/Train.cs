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
        Plan plan = FindPlan(arguments.Method);
        TrainingOptions options = arguments.ToOptions();
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        DataRequest request = MarketChoice.Request(arguments);
        SourceChoice? choice = SourceChoice.IsAuto(arguments.Source) ? SourceChoice.Parse(arguments, request.Target) : null;
        if (plan.NeedsSources && request.Sources.Count == 0 && choice is null)
            throw new CommandLineException($"--source: {plan.Method} trains on other markets too; name one at least");
        if (!plan.NeedsSources && (request.Sources.Count > 0 || choice is not null))
            throw new CommandLineException($"--source: {plan.Method} trains on the target alone; {plan.Method}++ takes sources");
        if (plan.RefusalOf(options.Sampling) is { } refusal)
            throw new CommandLineException($"--sampling: {refusal}");
        if (arguments.Trec && arguments.Out is null)
            throw new CommandLineException("--trec: the files go into --out, which is missing");

        using IDevice device = DeviceChoice.Create(arguments);
        JsonOutput json = new(arguments.Json);
        RunDirectory? directory = arguments.Out is null ? null : new RunDirectory(arguments.Out);
        directory?.Probe();
        IReadOnlyList<RankedSource> ranking = [];
        if (choice is not null)
            (request, ranking) = choice.Make(device, plan, request, arguments, options, terminal);
        ExperimentData data = ExperimentData.Load(request, options);
        if (arguments.Trec)
            TrecFile.Check(data.Markets[0], data.Candidates ?? []);
        Experiment experiment = new()
        {
            Method = plan.Method,
            Preset = arguments.Preset,
            Target = request.Target.Market,
            Sources = [.. request.Sources.Select(source => source.Market).Order(StringComparer.Ordinal)],
            Seed = arguments.Seed ?? Experiment.DefaultSeed,
            Options = options,
            MinimumRows = data.MinimumRows,
            KCore = request.KCore,
            KCorePasses = request.KCorePasses ?? 1,
            Digests = data.Digests,
        };
        ExperimentOutcome outcome = terminal.Follow(progress => new ExperimentRunner(device).Run(experiment, data.Markets, data.Candidates, metrics, progress));
        JsonObject result = ResultFile.ToJson(outcome, device, Process.GetCurrentProcess().PeakWorkingSet64);
        if (choice is not null)
            result["source_selection"] = choice.ToJson(ranking);
        directory?.Write(outcome, result, arguments.Trec);
        json.Write(() => result);
        Print(outcome, device.Name, terminal.Output);
    }

    private static Plan FindPlan(string method)
    {
        try
        {
            return PlanCatalog.Find(method);
        }
        catch (ArgumentException exception)
        {
            throw new CommandLineException($"--method: {exception.Message}");
        }
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
