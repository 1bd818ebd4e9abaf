// Every method by name, as a plan. GMF++ is GMF under the plan "both", not another model.

namespace ForecEngine.Recommenders.Training;

/// <summary>The methods by name.</summary>
public static class PlanCatalog
{
    // Algorithm 1 of Bonab et al. (CIKM 2021): lines 2 to 10, and 11 to 14.
    private static readonly Phase s_maml = Meta("maml", PhaseKind.Maml);

    private static readonly Dictionary<string, Plan> s_plans = new[]
    {
        NeuralCollaborativeFiltering("gmf"),
        NeuralCollaborativeFiltering("mlp"),
        NeuralCollaborativeFiltering("nmf"),
        NeuralCollaborativeFiltering("gmf++"),
        NeuralCollaborativeFiltering("mlp++"),
        NeuralCollaborativeFiltering("nmf++"),
        MarketAdaptation("maml", s_maml),
        MarketAdaptation("reptile", Meta("reptile", PhaseKind.Reptile)),
        MarketAdaptation("anil", Meta("anil", PhaseKind.Anil)),
        MarketAdaptation("nmf-forec", Fork("nmf-forec")),
        MarketAdaptation("forec", s_maml, Fork("forec")),
    }.ToDictionary(plan => plan.Method);

    /// <summary>The names of the methods.</summary>
    public static IReadOnlyList<string> Methods { get; } = [.. s_plans.Values.Select(plan => plan.Method)];

    /// <summary>The plan of a method.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static Plan Find(string method) => s_plans.TryGetValue(method, out Plan? plan)
        ? plan
        : throw new ArgumentException($"no method is called '{method}'; there are {string.Join(", ", Methods)}");

    // mlp starts from a gmf, nmf from both (He et al., WWW 2017); "++" is the same on all markets (Bonab et al., CIKM 2021).
    private static Plan NeuralCollaborativeFiltering(string method)
    {
        bool joint = method.EndsWith("++", StringComparison.Ordinal);
        string suffix = joint ? "++" : "";
        Scope scope = joint ? Scope.All : Scope.Target;
        Phase[] phases =
        [
            new($"gmf{suffix}", "gmf", scope, LearningRate: 0.005, Grafts.None),
            new($"mlp{suffix}", "mlp", scope, LearningRate: 0.01, Grafts.GmfToMlp),
            new($"nmf{suffix}", "nmf", scope, LearningRate: 0.01, Grafts.GmfAndMlpToNmf),
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
