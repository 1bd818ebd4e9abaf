// The experiment that a command line names, with its data read.

using ForecEngine.Cli.Options;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Verbs;

/// <summary>Reads the options that make an experiment.</summary>
internal static class ExperimentChoice
{
    /// <summary>The record of the experiment, and what it runs on.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="options">The numbers of training that it gives.</param>
    /// <exception cref="CommandLineException">An option is at fault.</exception>
    /// <exception cref="DataFormatException">A file cannot be read.</exception>
    public static (Experiment Experiment, ExperimentData Data) Load(TrainingArguments arguments, TrainingOptions options)
    {
        Plan plan = FindPlan(arguments.Method);
        (MarketFiles target, IReadOnlyList<MarketFiles> sources) = MarketChoice.TargetAndSources(arguments);
        if (plan.NeedsSources && sources.Count == 0)
            throw new CommandLineException($"--source: {plan.Method} trains on other markets too; name one at least");
        if (!plan.NeedsSources && sources.Count > 0)
            throw new CommandLineException($"--source: {plan.Method} trains on the target alone; {plan.Method}++ takes sources");

        ExperimentData data = ExperimentData.Load(
            new DataRequest(target, sources, arguments.Candidates, arguments.Qrels, arguments.KCore, arguments.KCorePasses, arguments.MinimumRows), options);
        Experiment experiment = new()
        {
            Method = plan.Method,
            Preset = arguments.Preset,
            Target = target.Market,
            Sources = [.. sources.Select(source => source.Market).Order(StringComparer.Ordinal)],
            Seed = arguments.Seed ?? Experiment.DefaultSeed,
            Options = options,
            MinimumRows = data.MinimumRows,
            KCore = arguments.KCore,
            KCorePasses = arguments.KCorePasses,
            Digests = data.Digests,
        };
        return (experiment, data);
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
}
