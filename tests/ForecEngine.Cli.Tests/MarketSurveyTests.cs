// What forec stats and a sweep count of markets.

using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class MarketSurveyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Rows_are_counted_by_stars_users_and_items()
    {
        // User a has 4 rows, b has 2, c has 1; item x has 3, y has 2, z and w have 1.
        MarketSurvey survey = new();
        survey.Add(Market("jp", "user,item,rating", "a,x,5", "a,y,4", "a,z,5", "a,w,1", "b,x,5", "b,y,4.5", "c,x,5"));
        survey.Add(Market("uk", "user,item", "a,y", "b,y", "b,v"));

        SurveyedMarkets counted = survey.Result();
        SurveyedMarket jp = counted.Markets[0], uk = counted.Markets[1];
        Assert.Equal(("jp", 3, 4, 7, 7.0 / 3), (jp.Market, jp.Users, jp.Items, jp.Ratings, jp.MeanPerUser));
        Assert.Equal([new(1, 1), new(4, 1), new(4.5f, 1), new(5, 4)], jp.Stars);
        Assert.Equal([1, 1, 1], jp.UsersByRows); // 1 row; 2 or 3; 4 to 7
        Assert.Equal([2, 2], jp.ItemsByRows);
        Assert.Equal((2, 2, null), (uk.Users, uk.Items, uk.Stars));
        Assert.Equal([1, 1], uk.UsersByRows);

        // Only y is in both, so that the cosine is 1.
        SurveyedPair pair = Assert.Single(counted.Similarity);
        Assert.Equal(("jp", "uk", 1, 0.2, 1.0), (pair.Markets[0], pair.Markets[1], pair.SharedItems, pair.Jaccard, pair.Cosine));
    }

    [Fact]
    public void Many_different_ratings_are_no_stars()
    {
        MarketSurvey survey = new();
        survey.Add(Market("jp", ["user,item,rating", .. Enumerable.Range(1, 21).Select(rating => $"u,{rating},{rating}")]));
        Assert.Null(survey.Result().Markets[0].Stars);
    }

    [Fact]
    public void A_file_reads_as_it_was_written_and_a_damaged_one_is_named()
    {
        MarketSurvey survey = new();
        survey.Add(Market("jp", "user,item,rating", "a,x,5", "b,x,4"));
        string path = _directory["markets.json"];
        JsonObject json = survey.Result().ToJson();
        File.WriteAllText(path, json.ToJsonString());
        Assert.True(JsonNode.DeepEquals(json, SurveyedMarkets.Read(path)!.ToJson()));
        Assert.Null(SurveyedMarkets.Read(_directory["none.json"]));
        foreach (string damaged in (string[])[json.ToJsonString()[..^9], "{}", "null", """{"schema": "forec.stats/2"}"""])
        {
            File.WriteAllText(path, damaged);
            string message = Assert.ThrowsAny<ForecException>(() => SurveyedMarkets.Read(path)).Message;
            Assert.StartsWith(path, message, StringComparison.Ordinal);
            Assert.EndsWith("'forec sweep plan' writes it anew", message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _directory.Dispose();

    private Ratings Market(string name, params string[] lines)
    {
        string file = _directory[$"{name}.csv"];
        File.WriteAllLines(file, lines);
        return RatingsReader.Read(name, [file]);
    }
}
