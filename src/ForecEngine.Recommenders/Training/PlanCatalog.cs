// The training plans of all methods, by name. GMF++ is the model GMF with a plan that trains on all markets.

namespace ForecEngine.Recommenders.Training;

/// <summary>The methods by name.</summary>
public static class PlanCatalog
{
    // Algorithm 1 of Bonab et al. (CIKM 2021): lines 2 to 10, and 11 to 14.
    private static readonly OrderedDictionary<string, Func<TrainingSettings, Plan>> s_builtIn = new(StringComparer.Ordinal)
    {
        ["gmf"] = settings => Factorisation("gmf", settings, phases: 1),
        ["mlp"] = settings => Factorisation("mlp", settings, phases: 2),
        ["nmf"] = settings => Factorisation("nmf", settings, phases: 3),
        ["gmf++"] = settings => Factorisation("gmf++", settings, phases: 1, suffix: "++"),
        ["mlp++"] = settings => Factorisation("mlp++", settings, phases: 2, suffix: "++"),
        ["nmf++"] = settings => Factorisation("nmf++", settings, phases: 3, suffix: "++"),
        ["ma-gmf++"] = settings => Factorisation("ma-gmf++", settings, phases: 1, "ma-", "++"),
        ["ma-mlp++"] = settings => Factorisation("ma-mlp++", settings, phases: 2, "ma-", "++"),
        ["ma-nmf++"] = settings => Factorisation("ma-nmf++", settings, phases: 3, "ma-", "++"),
        ["bpr-mf"] = settings => Ranking("bpr-mf", Scope.Target, settings),
        ["bpr-mf++"] = settings => Ranking("bpr-mf++", Scope.All, settings),
        ["ddtcdr"] = DualTransfer,
        ["conet"] = settings => new("conet", [Descent("conet", "conet", Scope.All, settings, 0.01, new Initialisers.Fresh())]),
        ["maml"] = settings => Meta("maml", settings, MetaLearner.Maml),
        ["reptile"] = settings => Meta("reptile", settings, MetaLearner.Reptile),
        ["anil"] = settings => Meta("anil", settings, MetaLearner.Anil),
        ["nmf-forec"] = settings => Fork("nmf-forec", "nmf++", settings),
        ["forec"] = settings => Fork("forec", "maml", settings),
        ["reptile-forec"] = settings => Fork("reptile-forec", "reptile", settings),
        ["anil-forec"] = settings => Fork("anil-forec", "anil", settings),
    };

    static PlanCatalog()
    {
        foreach ((string name, string model, Func<HistorySettings, Fit> fit) in HistoryPlans.Methods)
        {
            s_builtIn[name] = settings => new(name, [new(name, model, Scope.Target, fit(settings.History))]);
            s_builtIn[$"{name}++"] = settings => new($"{name}++", [new($"{name}++", model, Scope.All, fit(settings.History))]);
        }

        s_builtIn["item-bag"] = settings => HistoryPlans.Bags("item-bag", Scope.Target, settings);
        s_builtIn["item-bag++"] = settings => HistoryPlans.Bags("item-bag++", Scope.All, settings);
        s_builtIn["forec+"] = HistoryPlans.Blended;
    }

    private static readonly Lock s_adding = new();
    private static OrderedDictionary<string, Func<TrainingSettings, Plan>> s_plans = s_builtIn;

    /// <summary>The names of the methods.</summary>
    public static IReadOnlyList<string> Methods => [.. s_plans.Keys];

    /// <summary>Adds a method.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="plan">Makes its plan from an experiment's settings.</param>
    /// <exception cref="ArgumentException">There is a method of that name.</exception>
    public static void Add(string method, Func<TrainingSettings, Plan> plan)
    {
        lock (s_adding)
        {
            if (s_plans.ContainsKey(method))
                throw new ArgumentException($"there already is a method called '{method}'", nameof(method));
            s_plans = new(s_plans, StringComparer.Ordinal) { [method] = plan };
        }
    }

    /// <summary>The plan of a method.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="settings">The experiment's settings; null for those of the preset <c>paper</c>.</param>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static Plan Find(string method, TrainingSettings? settings = null) => s_plans.TryGetValue(method, out var plan)
        ? plan(settings ?? new())
        : throw new ArgumentException($"no method is called '{method}'; there are {string.Join(", ", Methods)}");

    /// <summary>The methods whose models can be forked for a market.</summary>
    public static IReadOnlyList<string> ForkParents => [.. Methods.Select(method => Find(method).Adapts).OfType<string>()];

    /// <summary>The method that forks the model of a given method for a market, or null.</summary>
    public static string? ForkOf(string parent) => Methods.FirstOrDefault(method => Find(method).Adapts == parent);

    // mlp starts from a gmf, nmf from both (He et al., WWW 2017); "++" is the same on all markets (Bonab et al., CIKM 2021);
    // "ma-" is the same with market vectors (Bhargav et al., ECIR 2023).
    private static Plan Factorisation(string method, TrainingSettings settings, int phases, string prefix = "", string suffix = "")
    {
        Scope scope = suffix.Length > 0 ? Scope.All : Scope.Target;
        Phase[] all =
        [
            Descent($"{prefix}gmf{suffix}", $"{prefix}gmf", scope, settings, 0.005, InitialGmf(settings)),
            Descent($"{prefix}mlp{suffix}", $"{prefix}mlp", scope, settings, 0.01, new Initialisers.GmfToMlp()),
            Descent($"{prefix}nmf{suffix}", $"{prefix}nmf", scope, settings, 0.01,
                new Initialisers.GmfAndMlpToNmf(settings.Model.TransferBiases)),
        ];
        return new Plan(method, all[..phases]);
    }

    private static Initialiser InitialGmf(TrainingSettings settings) =>
        settings.Model.UnitProduct ? new Initialisers.UnitProduct() : new Initialisers.Fresh();

    // Rendle et al. (UAI 2009).
    private static Plan Ranking(string method, Scope scope, TrainingSettings settings) =>
        new(method, [Descent(method, "bpr-mf", scope, settings, 0.01, new Initialisers.Fresh(), RatingLoss.Bpr)]);

    private static Phase Descent(
        string name, string model, Scope scope, TrainingSettings settings, double learningRate, Initialiser initialiser,
        RatingLoss loss = RatingLoss.Bce) =>
        new(name, model, scope, new GradientFit(
            settings.Model with { Ddtcdr = null }, initialiser, settings.LearningRate ?? learningRate, settings.Gradient,
            settings.Samples)
        {
            Loss = settings.Loss ?? loss,
        });

    // Li and Tuzhilin (WSDM 2020), with the embeddings that gmf learns on each market alone.
    private static Plan DualTransfer(TrainingSettings settings)
    {
        DdtcdrOptions ddtcdr = settings.Model.Ddtcdr ?? new();
        ModelSettings model = settings.Model with { Layers = [.. Ddtcdr.Widths(settings.Model.Dimension)], Ddtcdr = ddtcdr };
        return new("ddtcdr",
        [
            Descent("gmf", "gmf", Scope.Each, settings, 0.005, InitialGmf(settings)),
            new("ddtcdr", "ddtcdr", Scope.All, new GradientFit(
                model, new Initialisers.PresetVectors(), ddtcdr.LearningRate ?? 0.01, settings.Gradient, settings.Samples)
            {
                Optimiser = OptimiserChoice.Sgd,
                Loss = ddtcdr.Loss,
            }),
        ]);
    }

    private static Plan Meta(string method, TrainingSettings settings, MetaLearner learner)
    {
        MetaFit fit = new(
            settings.Model with { Ddtcdr = null }, new Initialisers.SameModel(), settings.LearningRate ?? 0.01, settings.Gradient,
            settings.Samples, settings.MetaLearning)
        {
            Learner = learner,
        };
        return new Plan(method, [.. Find("nmf++", settings).Phases, new(method, "nmf", Scope.All, fit)]);
    }

    // In the released code fine-tuning is a separate program with its own random draws.
    private static Plan Fork(string method, string parent, TrainingSettings settings)
    {
        ForkSettings fork = settings.Fork;
        GradientFit fit = new(
            settings.Model with { Ddtcdr = null }, new Initialisers.Fork(fork.Head, fork.Unfreeze, fork.KeepOutput),
            settings.LearningRate ?? 0.01,
            settings.Gradient with { Epochs = fork.Epochs ?? settings.Gradient.Epochs, L2 = fork.L2 },
            settings.Samples with { BatchSize = fork.BatchSize })
        {
            Loss = fork.Loss,
            DrawsOwnNegatives = true,
        };
        return new Plan(method, [.. Find(parent, settings).Phases, new(method, "nmf", Scope.Target, fit)]) { Adapts = parent };
    }
}
