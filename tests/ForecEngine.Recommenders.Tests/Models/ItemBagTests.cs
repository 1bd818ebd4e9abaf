// Item bags score by their definition, in double, with the biases of the market.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Fits;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Models;

public sealed class ItemBagTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 25)]
    public void A_score_is_the_product_of_the_bag_and_the_item_plus_the_bias_of_the_market(Seed seed, bool isTimed, byte dimension)
    {
        FitMarkets markets = new(seed.Value, hasSource: true, isTimed);
        ItemBag bag = FitCases.Bag(markets, _device, 1, 1 + (dimension % 9));
        (int d, Recency recency) = (bag.Dimension, bag.Recency);
        Real[] ins = Values(bag.In), last = Values(bag.Last), outs = Values(bag.Out), bias = Values(bag.Bias);
        for (int market = 0; market < 2; market++)
        {
            IScorer scorer = bag.Scorer(_device, market);
            foreach (int user in markets.Users)
            {
                int[] history = markets.History(user);
                double[] weights = [.. history.Select((_, place) => isTimed
                    ? ((1 - recency.Floor) * Math.Pow(recency.Decay, history.Length - 1 - place)) + recency.Floor : 1)];
                double root = Math.Sqrt(Math.Max(1, weights.Sum()));
                double[] x = [.. Enumerable.Range(0, d).Select(k =>
                    (history.Select((item, place) => weights[place] * ins[(item * d) + k]).Sum() / root)
                    + (isTimed && history.Length > 0 ? last[(history[^1] * d) + k] : 0))];
                Real[] scores = new Real[markets.Items.Length];
                scorer.ScoreAll([user], markets.Items, scores);
                Assert.All(markets.Items, item => Assert.Equal(
                    x.Select((value, k) => value * outs[(item * d) + k]).Sum() + bias[(market * markets.Items.Length) + item],
                    scores[item], 1e-4));
            }
        }
    }

    [Fact]
    public void New_users_in_several_blocks_have_the_scores_of_users_alone_also_in_a_model_without_users()
    {
        FitMarkets markets = new(3);
        ItemBag bag = FitCases.Bag(markets, _device, 1), none = new(_device, UserHistories.Empty, bag.Recency, 1, bag.Items, bag.Dimension);
        foreach ((Parameter own, Parameter other) in none.Parameters.Zip(bag.Parameters))
            own.Set(other);
        ItemHistory[] histories = [.. Enumerable.Range(0, 1100).Select(user =>
            new ItemHistory([user % 14, user / 14 % 14, (user + 5) % 14], [], isTimed: user % 3 > 0))];
        Real[] all = new Real[histories.Length * 14], alone = new Real[14];
        none.Scorer(_device, 0).FoldIn(histories).ScoreAll([.. Enumerable.Range(0, histories.Length)], markets.Items, all);
        for (int user = 0; user < histories.Length; user += 83)
        {
            bag.Scorer(_device, 0).FoldIn([histories[user]]).ScoreAll([0], markets.Items, alone);
            Assert.Equal(alone, all[(user * 14)..((user + 1) * 14)]);
        }
    }

    [Fact]
    public void Only_the_vectors_near_the_users_who_are_scored_are_computed_and_once()
    {
        FitMarkets markets = new(3);
        IDevice device = _device.Profiled();
        ItemBag few = FitCases.Bag(markets, _device, 1);
        ItemHistory[] histories = [.. Enumerable.Range(0, 1100).Select(user => new ItemHistory([user % 14], [], isTimed: true))];
        ItemBag bag = new(device, UserHistories.Of(histories), few.Recency, 1, few.Items, few.Dimension);
        foreach ((Parameter own, Parameter other) in bag.Parameters.Zip(few.Parameters))
            own.Set(other);
        IScorer scorer = bag.Scorer(device, 0);
        Real[] scores = new Real[2 * 14], folded = new Real[2 * 14];
        using TraceRecording recording = new();
        for (int time = 0; time < 2; time++)
        {
            scorer.ScoreAll([1030, 1099], markets.Items, scores);
            Assert.Equal(2, recording.Spans.Count(span => span.Name == "Segment sum")); // of all items and of the last
        }

        scorer.FoldIn([histories[1030], histories[1099]]).ScoreAll([0, 1], markets.Items, folded);
        Assert.Equal(folded, scores);
    }

    [Fact]
    public void Tensors_and_initial_values_are_those_of_the_checkpoint_format()
    {
        ItemBag bag = new(_device, UserHistories.Empty, new Recency(), markets: 2, items: 300, dimension: 8);
        Assert.Equal(
            ["user_items.starts[1]", "user_items.columns[0]", "user_items.timed[0]", "recency[2]", "item_in.weight[300,8]",
                "last_item.weight[300,8]", "item_out.weight[300,8]", "item_bias.weight[600,1]"],
            bag.Tensors.Select(tensor => $"{tensor.Name}[{string.Join(',', tensor.Shape)}]"));
        bag.Initialise(3, "test", 0.1);
        Assert.Equal(0.01, Values(bag.In).Average(x => (double)x * x), 1e-3);
        Assert.Equal(0.01, Values(bag.Out).Average(x => (double)x * x), 1e-3);
        Assert.Equal(0.0001, Values(bag.Last).Average(x => (double)x * x), 1e-5);
        Assert.All(Values(bag.Bias), x => Assert.Equal(0, x));
        Assert.Equal([true, true, true, false], bag.Parameters.Select(parameter => parameter.Decays));
    }

    private static Real[] Values(Parameter parameter) => parameter.Value.Values.Span.ToArray();
}
