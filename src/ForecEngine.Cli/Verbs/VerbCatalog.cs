// The catalogue of verbs. A new verb needs a class of arguments, a class that runs it, and a line here.

namespace ForecEngine.Cli.Verbs;

internal static class VerbCatalog
{
    /// <summary>All verbs.</summary>
    public static IReadOnlyList<DeclaredVerb> All { get; } =
    [
        DeclaredVerb.Of<TrainArguments>(Train.Run),
        DeclaredVerb.Of<RunArguments>(Rerun.Run),
        DeclaredVerb.Of<TuneArguments>(Tune.Run),
        DeclaredVerb.Of<ReproduceArguments>(Reproduce.Run),
        DeclaredVerb.Of<SweepArguments>(Sweep.Run),
        DeclaredVerb.Of<SweepPlanArguments>(Sweep.Plan),
        DeclaredVerb.Of<SweepRunArguments>(Sweep.RunShard),
        DeclaredVerb.Of<SweepMergeArguments>(Sweep.Merge),
        DeclaredVerb.Of<ReportArguments>(Report.Run),
        DeclaredVerb.Of<RecommendArguments>(Recommend.Run),
        DeclaredVerb.Of<EvaluateArguments>(Evaluate.Run),
        DeclaredVerb.Of<CompareArguments>(Compare.Run),
        DeclaredVerb.Of<AdaptArguments>(Adapt.Run),
        DeclaredVerb.Of<PrepareArguments>(Prepare.Run),
        DeclaredVerb.Of<StatsArguments>(Stats.Run),
        DeclaredVerb.Of<ProfileArguments>(Profile.Run),
        DeclaredVerb.Of<DemoArguments>(Demo.Run),
        DeclaredVerb.Of<GenerateArguments>(Generate.Run),
        DeclaredVerb.Of<GradcheckArguments>(Gradcheck.Run),
        DeclaredVerb.Of<DevicesArguments>(Devices.Run),
    ];

    /// <summary>The verb that a command line begins with, whose name has one or two words, and the words after it.</summary>
    public static (DeclaredVerb Verb, string[] Words) Split(string[] args) =>
        args.Length > 1 && All.FirstOrDefault(verb => verb.Name == $"{args[0]} {args[1]}") is { } two
            ? (two, args[2..]) : (Find(args[0]), args[1..]);

    /// <summary>The verb with a name.</summary>
    public static DeclaredVerb Find(string name) => All.FirstOrDefault(verb => verb.Name == name)
        ?? throw new CommandLineException($"no verb is called '{name}'"
            + $"{Nearest.Question(name, [.. All.Select(verb => verb.Name), "help", "completion"])}; see 'forec --help'");
}
