// The sizes of markets, their stars and purchases, and their similarity: what forec stats prints, and what a sweep keeps for its report
// (schema forec.stats/1). Rows are counted and then forgotten, so that markets can be read one after another.

using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ForecEngine.Cli;

/// <summary>Counts the rows of markets.</summary>
internal sealed class MarketSurvey
{
    private const int MostStars = 20; // ratings with more values are no stars

    private readonly IdTable _items = new();
    private readonly List<SurveyedMarket> _markets = [];
    private readonly List<int[]> _rowsOfItem = [];

    /// <summary>The similarities of the markets so far.</summary>
    public MarketSimilarity Similarity
    {
        get
        {
            MarketSimilarity similarity = new(_items.Count);
            foreach ((SurveyedMarket market, int[] rows) in _markets.Zip(_rowsOfItem))
                similarity.AddCounts(market.Market, rows);
            return similarity;
        }
    }

    /// <summary>Counts a market's rows.</summary>
    public void Add(Ratings ratings)
    {
        int[] places = [.. Enumerable.Range(0, ratings.Items.Count).Select(item => _items.Add(ratings.Items.Utf8(item)))];
        int[] rowsOfItem = new int[_items.Count], rowsOfUser = new int[ratings.Users.Count];
        foreach (int item in ratings.ItemOf)
            rowsOfItem[places[item]]++;
        foreach (int user in ratings.UserOf)
            rowsOfUser[user]++;
        _rowsOfItem.Add(rowsOfItem);
        MarketStatistics counted =
            MarketStatistics.Of(ratings.Market, ratings.Users.Count, ratings.Items.Count, ratings.UserOf, ratings.ItemOf);
        _markets.Add(new SurveyedMarket(
            counted.Market, counted.Users, counted.Items, counted.Ratings, counted.Density, counted.MeanPerUser, counted.MedianPerUser,
            counted.MinPerUser, counted.MaxPerUser)
        {
            Stars = Stars(ratings.Rating),
            UsersByRows = ByPowersOfTwo(rowsOfUser),
            ItemsByRows = ByPowersOfTwo(rowsOfItem),
        });
    }

    /// <summary>What was counted.</summary>
    public SurveyedMarkets Result()
    {
        MarketSimilarity similarity = Similarity;
        return new SurveyedMarkets
        {
            Markets = _markets,
            Similarity =
            [
                .. from a in Enumerable.Range(0, _markets.Count)
                   from b in Enumerable.Range(a + 1, _markets.Count - a - 1)
                   let pair = similarity[a, b]
                   select new SurveyedPair(
                       [_markets[a].Market, _markets[b].Market], pair.SharedItems, pair.Jaccard, pair.Cosine),
            ],
        };
    }

    // Files without ratings have 1 everywhere.
    private static IReadOnlyList<StarCount>? Stars(float[] ratings)
    {
        Dictionary<float, int> counts = [];
        foreach (float rating in ratings)
        {
            counts[rating] = counts.GetValueOrDefault(rating) + 1;
            if (counts.Count > MostStars)
                return null;
        }

        return counts.Keys.All(rating => rating == 1)
            ? null : [.. counts.OrderBy(star => star.Key).Select(star => new StarCount(star.Key, star.Value))];
    }

    private static int[] ByPowersOfTwo(int[] rows)
    {
        int most = rows.Length == 0 ? 0 : rows.Max();
        int[] counts = new int[most == 0 ? 0 : BitOperations.Log2((uint)most) + 1];
        foreach (int count in rows.Where(count => count > 0))
            counts[BitOperations.Log2((uint)count)]++;
        return counts;
    }
}

/// <summary>What was counted of markets, schema <c>forec.stats/1</c>.</summary>
internal sealed record SurveyedMarkets
{
    private const string SchemaName = "forec.stats/1";

    public string Schema { get; init; } = SchemaName;

    public required IReadOnlyList<SurveyedMarket> Markets { get; init; }

    /// <summary>The similarity of each pair.</summary>
    public required IReadOnlyList<SurveyedPair> Similarity { get; init; }

    /// <summary>Reads a file; null if there is none.</summary>
    /// <exception cref="DataFormatException">It is damaged.</exception>
    public static SurveyedMarkets? Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return JsonSerializer.Deserialize<SurveyedMarkets>(text, Experiment.JsonOptions) is { Schema: SchemaName } read
                ? read : throw new JsonException($"expects {SchemaName}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException(
                $"{path}: {exception.Message.ReplaceLineEndings(" ")}; 'forec sweep plan' writes it anew", exception);
        }
    }

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Experiment.JsonOptions)?.AsObject() ?? [];
}

/// <summary>A market: the numbers of <see cref="MarketStatistics"/>, and two distributions.</summary>
internal sealed record SurveyedMarket(
    string Market, int Users, int Items, int Ratings, double Density, double MeanPerUser, double MedianPerUser, int MinPerUser,
    int MaxPerUser)
{
    /// <summary>How often each rating occurs; null if there are no stars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StarCount>? Stars { get; init; }

    /// <summary>The number of users with 1 row, with 2 or 3, with 4 to 7, and so on.</summary>
    public required IReadOnlyList<int> UsersByRows { get; init; }

    /// <summary>The number of items likewise.</summary>
    public required IReadOnlyList<int> ItemsByRows { get; init; }
}

/// <summary>How often a rating occurs.</summary>
internal sealed record StarCount(float Rating, int Rows);

/// <summary>The similarity of two markets (<see cref="MarketPair"/>).</summary>
internal sealed record SurveyedPair(IReadOnlyList<string> Markets, int SharedItems, double Jaccard, double Cosine);
