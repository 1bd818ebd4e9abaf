// The vectors of a new user depend on the items of the user alone and fit them.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Scoring;

public sealed class FoldInTests
{
    private const int Users = 12;
    private const int Items = 50;
    private static readonly int[] s_items = [.. Enumerable.Range(0, Items)];

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 25)]
    public void A_history_scores_the_same_bits_alone_among_others_in_any_order_and_on_any_device(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/fold-in");
        string name = ModelCatalog.Names.ElementAt(draws.Below(0, ModelCatalog.Names.Count));
        ItemHistory[] histories = [.. Enumerable.Range(0, 1 + draws.Below(1, 30)).Select(user => History(draws.At(1 + user)))];
        using ScalarDevice scalar = new();
        using SimdDevice simd = new(2);
        Real[] expected = Scores(scalar, name, seed.Value, histories);
        Assert.Equal(expected, Scores(simd, name, seed.Value, histories));
        int picked = draws.Below(2, histories.Length);
        (IReadOnlyList<int> positives, IReadOnlyList<int> negatives) = (histories[picked].Positives, histories[picked].Negatives);
        ItemHistory shuffled = new(positives.Reverse().Concat(positives), negatives.Reverse());
        Assert.Equal(expected[(picked * Items)..((picked + 1) * Items)], Scores(simd, name, seed.Value, shuffled));
    }

    [Fact]
    public void Users_fitted_in_several_batches_have_the_scores_of_users_fitted_alone()
    {
        using SimdDevice device = new(2);
        RandomSequence draws = RandomSequence.Named(3, "test/fold-in");
        ItemHistory[] histories = [.. Enumerable.Range(0, 1500).Select(user => History(draws.At(1 + user)))];
        Real[] all = Scores(device, "gmf", 3, histories);
        foreach (int user in (int[])[0, 700, 1499])
            Assert.Equal(all[(user * Items)..((user + 1) * Items)], Scores(device, "gmf", 3, histories[user]));
    }

    [Theory]
    [InlineData("gmf")]
    [InlineData("nmf")]
    [InlineData("ma-mlp")]
    [InlineData("conet")]
    [InlineData("ddtcdr")]
    public void The_model_is_unchanged_and_the_loss_over_the_items_of_a_user_falls(string name)
    {
        using SimdDevice device = new(1);
        IRecommender model = Model(device, name, 5);
        Real[][] before = [.. model.Parameters.Select(Values)];
        FoldIn none = FoldIn(device, model, 5, steps: 0), some = FoldIn(device, model, 5, steps: 60);
        ItemHistory history = new([3, 17, 40], []);
        Real[] start = Scores(new ModelScorer(device, none.Fit([history]))), end = Scores(new ModelScorer(device, some.Fit([history])));
        Assert.Equal(before, model.Parameters.Select(Values));
        Assert.True(Loss(end, history) < Loss(start, history), $"{Loss(start, history)} {Loss(end, history)}");
    }

    [Fact]
    public void A_user_with_all_items_or_without_a_chosen_item_can_be_fitted()
    {
        using SimdDevice device = new(1);
        Real[] scores = Scores(device, "nmf", 1, new ItemHistory(s_items, []), new ItemHistory([], [4]));
        Assert.All(scores, score => Assert.True(Real.IsFinite(score)));
    }

    [Fact]
    public void An_empty_history_is_refused()
    {
        using SimdDevice device = new(1);
        Assert.Throws<ArgumentException>(() => Scores(device, "nmf", 1, new ItemHistory([], [])));
    }

    [Fact]
    public void An_item_that_is_chosen_and_rejected_counts_as_chosen()
    {
        ItemHistory history = new([5, 2, 5], [7, 2]);
        Assert.Equal([2, 5], history.Positives);
        Assert.Equal([7], history.Negatives);
    }

    private static ItemHistory History(RandomSequence draws)
    {
        int[] order = [.. s_items];
        draws.Shuffle<int>(order);
        int positives = 1 + draws.Below(1000, 8);
        return new ItemHistory(order[..positives], order[positives..(positives + draws.Below(1001, 3))]);
    }

    private static IRecommender Model(IDevice device, string name, ulong seed)
    {
        IRecommender model = ModelCatalog.Create(name, device, new ModelShape(Users, Items, 4, [8, 12, 6]) { Markets = 2 });
        model.Initialise(seed, "test", 1);
        return model;
    }

    private static FoldIn FoldIn(IDevice device, IRecommender model, ulong seed, int steps) =>
        new(device, model, market: 0, [.. Enumerable.Range(2, 6)], s_items, new FoldInOptions { Steps = steps, Seed = seed });

    private static Real[] Scores(IDevice device, string name, ulong seed, params ItemHistory[] histories)
    {
        IRecommender model = Model(device, name, seed);
        IScorer scorer = new ModelScorer(device, model, market: 0, FoldIn(device, model, seed, steps: 8)).FoldIn(histories);
        Real[] scores = new Real[histories.Length * Items];
        scorer.ScoreAll([.. Enumerable.Range(0, histories.Length)], s_items, scores);
        return scores;
    }

    private static Real[] Scores(ModelScorer scorer)
    {
        Real[] scores = new Real[Items];
        scorer.ScoreAll([0], s_items, scores);
        return scores;
    }

    // The objective of fold-in, with all items that the user does not have instead of sampled ones.
    private static double Loss(Real[] scores, ItemHistory history) =>
        history.Positives.Average(item => Math.Log(1 + Math.Exp(-scores[item])))
        + (new FoldInOptions().Negatives * s_items.Except(history.Positives).Average(item => Math.Log(1 + Math.Exp(scores[item]))));

    private static Real[] Values(Parameter parameter)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        parameter.Value.Values.Read(values);
        return values;
    }
}
