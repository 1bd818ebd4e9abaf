// Every method by name, as a plan. GMF++ is GMF under the plan "both", not another model.

namespace ForecEngine.Recommenders.Training;

/// <summary>The methods by name.</summary>
public static class PlanCatalog
{
    // Algorithm 1 of Bonab et al. (CIKM 2021): lines 2 to 10, and 11 to 14.
    private static readonly Phase s_maml = Meta("maml", PhaseKind.Maml);
    private static readonly Phase s_reptile = Meta("reptile", PhaseKind.Reptile);
    private static readonly Phase s_anil = Meta("anil", PhaseKind.Anil);

    // Li and Tuzhilin (WSDM 2020), with the vectors that gmf learns on each market alone.
    private static readonly Plan s_ddtcdr = new("ddtcdr",
    [
        new("gmf", "gmf", Scope.Each, LearningRate: 0.005, Grafts.None),
        new("ddtcdr", "ddtcdr", Scope.All, LearningRate: 0.01, Grafts.PresetVectors, PhaseKind.Dual),
    ]);

    private static readonly Dictionary<string, Plan> s_plans = new[]
    {
        NeuralCollaborativeFiltering("gmf"),
        NeuralCollaborativeFiltering("mlp"),
        NeuralCollaborativeFiltering("nmf"),
        NeuralCollaborativeFiltering("gmf++"),
        NeuralCollaborativeFiltering("mlp++"),
        NeuralCollaborativeFiltering("nmf++"),
        NeuralCollaborativeFiltering("ma-gmf++"),
        NeuralCollaborativeFiltering("ma-mlp++"),
        NeuralCollaborativeFiltering("ma-nmf++"),
        s_ddtcdr,
        new("conet", [new("conet", "conet", Scope.All, LearningRate: 0.01, Grafts.None)]),
        MarketAdaptation("maml", s_maml),
        MarketAdaptation("reptile", s_reptile),
        MarketAdaptation("anil", s_anil),
        MarketAdaptation("nmf-forec", Fork("nmf-forec")),
        MarketAdaptation("forec", s_maml, Fork("forec")),
        MarketAdaptation("reptile-forec", s_reptile, Fork("reptile-forec")),
        MarketAdaptation("anil-forec", s_anil, Fork("anil-forec")),
    }.ToDictionary(plan => plan.Method);

    /// <summary>The names of the methods.</summary>
    public static IReadOnlyList<string> Methods { get; } = [.. s_plans.Values.Select(plan => plan.Method)];

    /// <summary>The plan of a method.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static Plan Find(string method) => s_plans.TryGetValue(method, out Plan? plan)
        ? plan
        : throw new ArgumentException($"no method is called '{method}'; there are {string.Join(", ", Methods)}");

    /// <summary>The methods whose models a market can fork.</summary>
    public static IReadOnlyList<string> ForkParents { get; } = [.. s_plans.Values.Where(plan => ForkOf(plan) is not null).Select(plan => plan.Method)];

    /// <summary>The plan that goes on from another's end with a fork of its model, or null where there is none.</summary>
    public static Plan? ForkOf(Plan parent) =>
        s_plans.Values.FirstOrDefault(plan => plan.Phases[^1].Kind == PhaseKind.FineTune && plan.Phases.SkipLast(1).SequenceEqual(parent.Phases));

    // mlp starts from a gmf, nmf from both (He et al., WWW 2017); "++" is the same on all markets (Bonab et al., CIKM 2021);
    // "ma-" is the same with market vectors (Bhargav et al., ECIR 2023).
    private static Plan NeuralCollaborativeFiltering(string method)
    {
        bool joint = method.EndsWith("++", StringComparison.Ordinal);
        string suffix = joint ? "++" : "", prefix = method.StartsWith("ma-", StringComparison.Ordinal) ? "ma-" : "";
        Scope scope = joint ? Scope.All : Scope.Target;
        Phase[] phases =
        [
            new($"{prefix}gmf{suffix}", $"{prefix}gmf", scope, LearningRate: 0.005, Grafts.None),
            new($"{prefix}mlp{suffix}", $"{prefix}mlp", scope, LearningRate: 0.01, Grafts.GmfToMlp),
            new($"{prefix}nmf{suffix}", $"{prefix}nmf", scope, LearningRate: 0.01, Grafts.GmfAndMlpToNmf),
        ];
        int last = Array.FindIndex(phases, phase => phase.Name == method);
        return new Plan(method, phases[..(last + 1)]);
    }

    private static Phase Meta(string name, PhaseKind kind) => new(name, "nmf", Scope.All, LearningRate: 0.01, Grafts.Continue, kind);

    private static Phase Fork(string name) => new(name, "nmf", Scope.Target, LearningRate: 0.01, Grafts.Fork, PhaseKind.FineTune);

    // nmf++, then what adapts it to a market.
    private static Plan MarketAdaptation(string method, params Phase[] phases) =>
        new(method, [.. NeuralCollaborativeFiltering("nmf++").Phases, .. phases]);
}
