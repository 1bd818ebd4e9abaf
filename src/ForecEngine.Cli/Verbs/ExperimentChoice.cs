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
        Plan plan = PlanCatalog.Find(arguments.Method, settings);
        settings = arguments.Sampling is null ? settings.For(plan) : settings;
        string[] ofNegatives = plan.Phases.All(phase => phase.Fit is GradientFit { Loss: RatingLoss.Softmax })
            ? ["negatives", "negative-sampling", "negatives-exclude", "redraw-negatives"] : [];
        if (arguments.Given.FirstOrDefault(option => ofNegatives.Contains(option.Name)) is { } idle)
            throw new CommandLineException($"--{idle.Name} has no effect with --loss softmax, which takes all items");
        return plan.Phases.Any(phase => phase.Fit is GradientFit { Samples.Negatives: 0, NeedsGroups: true })
            ? throw new CommandLineException(
                "--negatives: 0 leaves nothing that the loss or the negative sampling could compare a positive with; expects at least 1")
            : (plan, settings);
    }

    /// <summary>
    /// Checks that there are sources if the plan trains on them or their items are candidates, and none otherwise.
    /// </summary>
    public static void RequireSources(Plan plan, DataRequest request, TrainingArguments arguments)
    {
        bool given = request.Sources.Count > 0, isAuto = SourceChoice.IsAuto(arguments);
        if (plan.NeedsSources && !given && !isAuto)
            throw new CommandLineException($"--source: {plan.Method} trains on other markets too; name one at least");
        bool pooled = request.Candidates is null
            && request.Over(arguments.BaseProtocol().Protocol).CandidatePool == CandidatePool.AllMarkets;
        if (pooled && !given && !isAuto)
            throw new CommandLineException("--source: the candidates are items of all markets (--candidate-pool); name one at least");
        if (plan.TakesSources || (given && pooled) || !(given || isAuto))
            return;
        string joint = PlanCatalog.Methods.Contains($"{plan.Method}++") ? $"{plan.Method}++" : "nmf++";
        throw new CommandLineException(
            $"--source has no effect with {plan.Method}, which trains on the target alone; {joint} takes sources");
    }

    /// <summary>Checks that the models of the plan support the chosen sampling and loss.</summary>
    public static void RequireSampling(Plan plan)
    {
        if (plan.SamplingRefusal is { } mixed)
            throw new CommandLineException($"--sampling: {mixed}");
        if (plan.LossRefusal is { } refusal)
            throw new CommandLineException($"--loss: {refusal}");
    }

    /// <summary>The record of the experiment, and its data.</summary>
    public static (Experiment Experiment, ExperimentData Data) Load(
        Plan plan, DataRequest request, TrainingArguments arguments, TrainingSettings settings, Terminal terminal)
    {
        request = Request(request, arguments);
        (string? name, Protocol protocol) = arguments.BaseProtocol();
        _ = Rehearsal.Begin(plan);
        MarketChoice.SayReading(request, terminal);
        ExperimentData data = ExperimentData.Load(request, settings, protocol);
        Experiment experiment = data.Record(plan.Method, arguments.Chosen.Base, settings, Seed(arguments), name);
        return (experiment with { PresetFile = arguments.Chosen.File }, data);
    }

    /// <summary>The record that <see cref="Load"/> will return, without reading the data.</summary>
    public static Experiment Planned(
        Plan plan, DataRequest request, TrainingArguments arguments, TrainingSettings settings, IReadOnlyDictionary<string, string> digests)
    {
        (string? name, Protocol protocol) = arguments.BaseProtocol();
        Experiment experiment = ExperimentData.PlannedRecord(
            Request(request, arguments), digests, plan.Method, arguments.Chosen.Base, settings, protocol, Seed(arguments), name);
        return experiment with { PresetFile = arguments.Chosen.File };
    }

    private static ulong Seed(TrainingArguments arguments) => OptionValue.Seed("--seed", arguments.Seed) ?? Experiment.DefaultSeed;

    // Adds the options of the protocol to the request.
    private static DataRequest Request(DataRequest request, TrainingArguments arguments)
    {
        Protocol protocol = arguments.BaseProtocol().Protocol;
        request = request with
        {
            Order = OptionValue.OneOf<RowOrder>("--order", arguments.Order),
            TrainingFraction = OptionValue.Fraction("--training-fraction", arguments.TrainingFraction),
            SplitSeed = OptionValue.Seed("--split-seed", arguments.SplitSeed),
            SourceRows = OptionValue.OneOf<SourceRows>("--source-rows", arguments.SourceRows),
            HoldOut = OptionValue.OneOf<HoldOut>("--hold-out", arguments.HoldOut),
        };
        SplitRules split = request.Over(protocol).Split;
        string[] ofHeldOut = split.HoldOut != HoldOut.None ? []
            : ["evaluate-from", "order", .. split.TrainingFraction < 1 ? (string[])[] : ["split-seed"]];
        if (arguments.Given.FirstOrDefault(option => ofHeldOut.Contains(option.Name)) is { } idle)
            throw new CommandLineException($"--{idle.Name} has no effect with --hold-out none, which evaluates nobody");
        if (split.HoldOut == HoldOut.None && arguments.Patience is not null)
            throw new CommandLineException("--patience has no effect with --hold-out none, which has no validation");
        if (split is { Order: RowOrder.Time, TrainingFraction: 1 } && arguments.SplitSeed is not null)
            throw new CommandLineException("--split-seed has no effect with --order time");
        return request;
    }
}
