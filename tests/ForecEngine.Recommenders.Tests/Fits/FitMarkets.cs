// Small random markets for tests of fits: jp, the target, and on request uk. Some rows are rated 0, and some items are rated twice.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Tests.Fits;

internal sealed class FitMarkets
{
    /// <summary>Markets.</summary>
    /// <param name="seed">The seed of the rows.</param>
    /// <param name="hasSource">Whether uk is one of them; it comes after jp in the tables.</param>
    /// <param name="isTimed">Whether rows have times; without, nothing is held out.</param>
    public FitMarkets(ulong seed, bool hasSource = false, bool isTimed = true)
        : this([.. (hasSource ? (string[])["jp", "uk"] : ["jp"]).Select(name => Prepared(name, seed, isTimed))])
    {
    }

    /// <summary>Given markets; the first by name is the target.</summary>
    public FitMarkets(Market[] markets)
    {
        Union = new(markets);
        (Target, Tables) = (Union.Markets[0], new TableIds(Union));
    }

    public MarketUnion Union { get; }

    public IReadOnlyList<PlacedMarket> Markets => Union.Markets;

    public PlacedMarket Target { get; }

    public TableIds Tables { get; }

    public int[] Users => [.. Enumerable.Range(0, Tables.Users)];

    public int[] Items => [.. Enumerable.Range(0, Tables.Items)];

    /// <summary>The users of all histories, in the order of <see cref="Users"/>.</summary>
    public int[][] Histories => [.. Users.Select(History)];

    public FitInput Input(IDevice device, int threads = 1, ulong seed = 1) => new(Markets, Target, Tables, device, threads, seed);

    /// <summary>The items of the positive training rows of a user, in the order of the rows.</summary>
    public List<int> PositiveRows(int user)
    {
        List<int> rows = [];
        foreach (PlacedMarket placed in Markets)
        {
            for (int row = 0; row < placed.Market.TrainUsers.Length; row++)
            {
                if (placed.UserRows[placed.Market.TrainUsers[row]] == user && placed.Market.TrainLabels[row] > 0)
                    rows.Add(placed.ItemRows[placed.Market.TrainItems[row]]);
            }
        }

        return rows;
    }

    /// <summary>A user's distinct items: by their last rows if these have times, otherwise ascending.</summary>
    public int[] History(int user)
    {
        List<int> rows = PositiveRows(user);
        return Target.Market.HasTimes
            ? [.. rows.Where((item, place) => rows.LastIndexOf(item) == place)]
            : [.. rows.Distinct().Order()];
    }

    private static Market Prepared(string name, ulong seed, bool isTimed)
    {
        Ratings ratings = TestMarkets.Random(name, seed, users: 12, items: 14);
        RandomSequence draws = RandomSequence.Named(seed, $"again/{name}");
        int[] again = [.. Enumerable.Range(0, ratings.Count).Where(row => draws.Below((ulong)row, 10) == 0)];
        Ratings more = ratings with
        {
            UserOf = [.. ratings.UserOf, .. again.Select(row => ratings.UserOf[row])],
            ItemOf = [.. ratings.ItemOf, .. again.Select(row => ratings.ItemOf[row])],
            Rating = [.. ratings.Rating, .. again.Select(_ => 4f)],
            Time = !isTimed ? null : [.. ratings.Time ?? [], .. again.Select(row => new Timestamp(3 + (row % 5)))],
        };
        return Market.Prepare(more, isTimed ? new SplitRules() : SplitRules.TrainOnAll);
    }
}
