// Every model that scores users by their histories, fitted to small markets, by name.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Tests.Fits;

internal static class FitCases
{
    private static readonly Recency s_recency = new(0.7, 0.15);

    public static IReadOnlyDictionary<string, ClosedFit> Closed { get; } = new Dictionary<string, ClosedFit>
    {
        ["pop"] = new PopularityFit(),
        ["itemknn"] = new ItemNeighboursFit(5, 1.5) { Recency = s_recency },
        ["rp3beta"] = new RandomWalkFit(6) { Recency = s_recency },
        ["next"] = new NextItemsFit(3),
        ["ease"] = new EaseFit(5) { Recency = s_recency },
        ["edlae"] = new EaseFit(5, Dropout: 0.3, SourceShare: 0.5) { Recency = s_recency },
        ["ials"] = new LeastSquaresFit(4, Sweeps: 2) { Recency = s_recency },
        ["blend"] = new BlendFit(
            [new("item-bag", 0.5), new("edlae++", 2), new("itemknn", 0.3, 0.01), new("next", 0.2, 0.01), new("pop", 0.1, 1)],
            Strength: 3, Negatives: 5),
    };

    public static IEnumerable<string> Names => [.. Closed.Keys, "item-bag"];

    public static IFittedModel Make(string name, FitMarkets markets, IDevice device, int threads = 1) =>
        name == "item-bag" ? Bag(markets, device, 1) : Closed[name].Make(markets.Input(device, threads) with
        {
            Earlier = name != "blend" ? new Dictionary<string, IFittedModel>() : new Dictionary<string, IFittedModel>
            {
                ["item-bag"] = Make("item-bag", markets, device, threads),
                ["edlae++"] = Make("edlae", markets, device, threads),
                ["itemknn"] = Make("itemknn", markets, device, threads),
                ["next"] = Make("next", markets, device, threads),
                ["pop"] = Make("pop", markets, device, threads),
            },
        });

    /// <summary>An item bag with random vectors and biases.</summary>
    public static ItemBag Bag(FitMarkets markets, IDevice device, int member, int dimension = 5)
    {
        UserHistories histories = UserHistories.Of(markets.Markets, markets.Tables.Users);
        ItemBag bag = new(device, histories, s_recency, markets.Markets.Count, markets.Tables.Items, dimension);
        RandomSequence draws = RandomSequence.Named(3, $"bag-{member}");
        ulong next = 0;
        foreach (Parameter parameter in bag.Parameters)
            parameter.Value.Values.Write([.. Enumerable.Range(0, parameter.Value.Values.Length).Select(_ => (Real)draws.Normal(next++))]);
        return bag;
    }
}
