// The plans of methods that score users by their histories: baselines, item bags, and forec+, which blends both.

namespace ForecEngine.Recommenders.Training;

internal static class HistoryPlans
{
    private const string ItemBag = "item-bag";

    /// <summary>Methods of one phase, on the target alone and, with "++", on all markets: the name, the model and the fit.</summary>
    public static IReadOnlyList<(string Name, string Model, Func<HistorySettings, Fit> Fit)> Methods { get; } =
    [
        ("pop", "pop", _ => new PopularityFit()),
        ("itemknn", "itemknn", Cosine),
        ("rp3beta", "itemknn", settings => new RandomWalkFit(settings.Neighbours ?? int.MaxValue) { Recency = settings.Over(new()) }),
        ("ease", "item-weights", settings => new EaseFit(settings.Ridge ?? 500) { Recency = settings.Over(new()) }),
        ("edlae", "item-weights", settings => Denoising(settings, new(), ridge: 300)),
        ("ials", "ials", settings => new LeastSquaresFit(settings.BagDimension ?? 64, Ridge: settings.Ridge ?? 0.01)
        {
            Recency = settings.Over(new()),
        }),
    ];

    /// <summary>An item bag, or the mean of several.</summary>
    public static Plan Bags(string method, Scope scope, TrainingSettings settings) => settings.AverageSeeds is not (null or 1)
        ? new(method, Averaged(method, scope, settings.AverageSeeds.Value, settings.History))
        : new(method, [new(method, ItemBag, scope, Bag(settings.History, member: 1))]);

    /// <summary>
    /// forec+: item bags, which are averaged, and statistics of items, each on the target alone and on all markets, blended by the users'
    /// choices in validation.
    /// </summary>
    public static Plan Blended(TrainingSettings all)
    {
        HistorySettings settings = all.History;
        Recency recency = settings.Over(new Recency(0.8, 0.1));
        HistorySettings recent = settings with
        {
            RecencyDecay = recency.Decay,
            RecencyFloor = recency.Floor,
            Shrink = settings.Shrink ?? 0,
        };
        IReadOnlyList<Phase> bags = Averaged(ItemBag, Scope.All, all.AverageSeeds ?? 3, settings);
        (string Key, string Model, Scope Scope, Fit Fit, double Weight, double? Epsilon)[] parts =
        [
            (ItemBag, ItemBag, Scope.All, bags[^1].Fit, 0.55, null),
            ("edlae++", "item-weights", Scope.All, Denoising(recent, recency, ridge: 100), 10, null),
            ("itemknn", "itemknn", Scope.Target, Cosine(recent), 0.1, 0.01),
            ("itemknn++", "itemknn", Scope.All, Cosine(recent), 0.1, 0.01),
            ("next", "itemknn", Scope.Target, new NextItemsFit(), 0.7, 0.01),
            ("next++", "itemknn", Scope.All, new NextItemsFit(), 0.1, 0.01),
            ("pop", "pop", Scope.Target, new PopularityFit(), 0, 1),
            ("pop++", "pop", Scope.All, new PopularityFit(), 0, 1),
        ];
        return new Plan("forec+",
        [
            .. bags.SkipLast(1),
            .. parts.Select(part => new Phase(part.Key, part.Model, part.Scope, part.Fit) { Alias = part.Key }),
            new Phase("forec+", "blend", Scope.All,
                new BlendFit([.. parts.Select(part => new BlendPart(part.Key, part.Weight, part.Epsilon))])),
        ])
        {
            WorksAlone = true,
        };
    }

    // Item bags, then their mean.
    private static IReadOnlyList<Phase> Averaged(string name, Scope scope, int count, HistorySettings settings)
    {
        string[] members = [.. Enumerable.Range(1, count).Select(member => $"{name}-{member}")];
        return
        [
            .. members.Select((own, index) => new Phase(own, ItemBag, scope, Bag(settings, index + 1)) { Alias = own }),
            new Phase(name, ItemBag, scope, new ItemBagAverage(members)) { Alias = name },
        ];
    }

    private static ItemNeighboursFit Cosine(HistorySettings settings) =>
        new(settings.Neighbours ?? int.MaxValue, settings.Shrink ?? 50) { Recency = settings.Over(new()) };

    private static EaseFit Denoising(HistorySettings settings, Recency recency, double ridge) =>
        new(settings.Ridge ?? ridge, Dropout: 0.3, SourceShare: 0.5) { Recency = settings.Over(recency) };

    private static ItemBagFit Bag(HistorySettings settings, int member)
    {
        ItemBagFit own = new();
        return own with
        {
            Member = member,
            Dimension = settings.BagDimension ?? own.Dimension,
            BatchSize = settings.BagBatchSize ?? own.BatchSize,
            LearningRate = settings.BagLearningRate ?? own.LearningRate,
            Dropout = settings.BagDropout ?? own.Dropout,
            Recency = settings.Over(own.Recency),
            Gradient = own.Gradient with { Epochs = settings.BagEpochs ?? own.Gradient.Epochs, L2 = settings.BagL2 ?? own.Gradient.L2 },
        };
    }
}
