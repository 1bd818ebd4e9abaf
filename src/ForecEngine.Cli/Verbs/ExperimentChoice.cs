// Reads the options of an experiment and loads its data.

namespace ForecEngine.Cli.Verbs;

internal static class ExperimentChoice
{
    /// <summary>The plan of a method, and the settings of its phases.</summary>
    /// <exception cref="CommandLineException">
    /// The method does not exist, an option does not apply to it, or a value is invalid.
    /// </exception>
    public static (Plan Plan, TrainingSettings Settings) Plan(TrainingArguments arguments)
    {
        Plan any = OptionValue.Found("--method", arguments.Method, PlanCatalog.Methods, method => PlanCatalog.Find(method));
        MethodParts.Require(arguments.Given, any);
        TrainingSettings settings = arguments.ToSettings();
        return (PlanCatalog.Find(arguments.Method, settings), settings);
    }

    /// <summary>Checks that there are sources if the plan trains on them, and none otherwise.</summary>
    public static void RequireSources(Plan plan, bool given)
    {
        if (plan.NeedsSources && !given)
            throw new CommandLineException($"--source: {plan.Method} trains on other markets too; name one at least");
        if (plan.NeedsSources || !given)
            return;
        string joint = PlanCatalog.Methods.Contains($"{plan.Method}++") ? $"{plan.Method}++" : "nmf++";
        throw new CommandLineException(
            $"--source has no effect with {plan.Method}, which trains on the target alone; {joint} takes sources");
    }

    /// <summary>Checks that the models of the plan support the chosen sampling.</summary>
    public static void RequireSampling(Plan plan)
    {
        if (plan.Refusal is { } refusal)
            throw new CommandLineException($"--sampling: {refusal}");
    }

    /// <summary>The record of the experiment, and its data.</summary>
    public static (Experiment Experiment, ExperimentData Data) Load(
        Plan plan, DataRequest request, TrainingArguments arguments, TrainingSettings settings, Terminal terminal)
    {
        ulong seed = OptionValue.Seed("--seed", arguments.Seed) ?? Experiment.DefaultSeed;
        SplitRules preset = Preset.Split(arguments.Chosen.Base);
        HoldOut holdOut = OptionValue.OneOf("--hold-out", arguments.HoldOut, preset.HoldOut);
        if (holdOut == HoldOut.None && arguments.EvaluateFrom is not null)
            throw new CommandLineException("--evaluate-from has no effect with --hold-out none, which evaluates nobody");
        if (holdOut == HoldOut.None && arguments.Patience is not null)
            throw new CommandLineException("--patience has no effect with --hold-out none, which has no validation");
        _ = Rehearsal.Begin(plan);
        MarketChoice.SayReading(request, terminal);
        ExperimentData data = ExperimentData.Load(request with { HoldOut = holdOut }, settings, preset);
        return (data.Record(plan.Method, arguments.Chosen.Base, settings, seed) with { PresetFile = arguments.Chosen.File }, data);
    }
}
