// The experiment that a command line names, with its data read.

namespace ForecEngine.Cli.Verbs;

internal static class ExperimentChoice
{
    /// <summary>The plan of a method, and the settings that it takes its phases' from.</summary>
    /// <exception cref="CommandLineException">There is no such method, or it lacks what an option is about, or a value is wrong.</exception>
    public static (Plan Plan, TrainingSettings Settings) Plan(TrainingArguments arguments)
    {
        Plan any = OptionValue.Found("--method", arguments.Method, PlanCatalog.Methods, method => PlanCatalog.Find(method));
        MethodParts.Require(arguments.Given, any);
        TrainingSettings settings = arguments.ToSettings();
        return (PlanCatalog.Find(arguments.Method, settings), settings);
    }

    /// <summary>Holds the command line to sources where the plan trains on them, and to none where it does not.</summary>
    /// <exception cref="CommandLineException">It is otherwise.</exception>
    public static void RequireSources(Plan plan, bool given)
    {
        if (plan.NeedsSources && !given)
            throw new CommandLineException($"--source: {plan.Method} trains on other markets too; name one at least");
        if (!plan.NeedsSources && given)
            throw new CommandLineException(
                $"--source has no effect with {plan.Method}, which trains on the target alone; {plan.Method}++ takes sources");
    }

    /// <summary>Holds the command line to a sampling that the plan's models can take.</summary>
    /// <exception cref="CommandLineException">They cannot.</exception>
    public static void RequireSampling(Plan plan)
    {
        if (plan.Refusal is { } refusal)
            throw new CommandLineException($"--sampling: {refusal}");
    }

    /// <summary>The record of the experiment, and what it runs on.</summary>
    /// <exception cref="DataFormatException">A file cannot be read.</exception>
    public static (Experiment Experiment, ExperimentData Data) Load(
        Plan plan, DataRequest request, TrainingArguments arguments, TrainingSettings settings, Terminal terminal)
    {
        ulong seed = OptionValue.Seed("--seed", arguments.Seed) ?? Experiment.DefaultSeed;
        SplitRules preset = Preset.Split(arguments.Preset);
        HoldOut holdOut = OptionValue.OneOf("--hold-out", arguments.HoldOut, preset.HoldOut);
        if (holdOut == HoldOut.None && arguments.EvaluateFrom is not null)
            throw new CommandLineException("--evaluate-from has no effect with --hold-out none, which evaluates nobody");
        MarketChoice.SayReading(request, terminal);
        ExperimentData data = ExperimentData.Load(request with { HoldOut = holdOut }, settings, preset);
        Experiment experiment = new()
        {
            Method = plan.Method,
            Preset = arguments.Preset,
            Target = request.Target.Market,
            Sources = [.. request.Sources.Select(source => source.Market).Order(StringComparer.Ordinal)],
            Seed = seed,
            Settings = settings,
            HoldOut = data.Rules.HoldOut,
            MinimumRows = data.Rules.MinimumRows,
            EvaluateFrom = data.Rules.EvaluateFrom,
            KCore = request.KCore,
            KCorePasses = request.KCorePasses ?? 1,
            CandidatesFrom = request.CandidatesFrom ?? default,
            Digests = data.Digests,
        };
        return (experiment, data);
    }
}
