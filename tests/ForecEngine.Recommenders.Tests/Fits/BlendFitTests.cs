// Blends add weighted features of their parts' scores, with the weights that validation makes most likely.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class BlendFitTests : IDisposable
{
    private readonly ScalarDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_score_is_the_sum_of_the_weighted_features_of_the_parts(Seed seed, bool isTimed)
    {
        FitMarkets markets = new(seed.Value, isTimed: isTimed);
        Dictionary<string, IFittedModel> models = Models(markets);
        Blend blend = (Blend)Fit(markets, models, strength: 2);
        double[] expected = new double[markets.Users.Length * markets.Items.Length];
        foreach (BlendPart part in blend.Parts)
        {
            Real[] own = Scores(markets, models[part.Key]);
            for (int i = 0; i < own.Length; i++)
                expected[i] += part.Weight * (part.Epsilon is { } epsilon ? Math.Log(Math.Max(own[i], 0) + epsilon) : own[i]);
        }

        Assert.All(expected.Zip(Scores(markets, blend)), pair => Assert.Equal((Real)pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Parts_keep_their_weights_without_validation_and_with_a_strong_prior_and_else_fit_the_choices()
    {
        FitMarkets none = new(3, isTimed: false), some = new(3);
        Assert.Empty(none.Target.Market.Valid);
        Assert.Equal([0.5, 0.25], Weights(Fit(none, Models(none), strength: 1)));
        Assert.All(Weights(Fit(some, Models(some), 1e12)).Zip((double[])[0.5, 0.25]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.NotEqual([0.5, 0.25], Weights(Fit(some, Models(some), strength: 1)));
    }

    [Fact]
    public void A_part_that_ranks_validation_items_first_gets_a_weight_above_that_of_noise()
    {
        FitMarkets markets = new(8);
        Market market = markets.Target.Market;
        Dictionary<string, IFittedModel> models = new()
        {
            ["knows"] = new Known((user, item) => market.Valid.Any(row =>
                markets.Target.UserRows[row.User] == user && markets.Target.ItemRows[row.Item] == item) ? 1 : 0),
            ["noise"] = new Known((user, item) => RandomSequence.Named(5, "noise").Below((ulong)((user * 100) + item), 2)),
        };
        BlendFit fit = new([new("noise", 0), new("knows", 0)], Strength: 1, Negatives: 8);
        Blend blend = (Blend)fit.Make(markets.Input(_device) with { Earlier = models });
        Assert.Equal(["knows", "noise"], blend.Parts.Select(part => part.Key));
        Assert.True(blend.Parts[0].Weight > 1 && Math.Abs(blend.Parts[1].Weight) < blend.Parts[0].Weight / 2);
    }

    [Fact]
    public void A_validation_item_that_is_also_in_training_is_a_choice_as_it_is_a_candidate_of_the_ranking()
    {
        // Every user ends with the first item again, and then with another one, which is held out for test.
        Row[] rows = [.. Enumerable.Range(0, 8).SelectMany(user => Enumerable.Range(0, 9).Select(time => new Row(
            $"u{user}", time == 7 ? $"i{user}" : $"i{(user + time) % 12}", 5, time)))];
        FitMarkets markets = new([Market.Prepare(TestMarkets.Ratings("jp", rows))]);
        Market market = markets.Target.Market;
        Assert.Equal(8, market.Valid.Count(row => market.Trained(row.User).Contains(row.Item)));

        Dictionary<string, IFittedModel> models = new()
        {
            ["repeats"] = new Known((user, item) => markets.History(user).Contains(item) ? 1 : 0),
        };
        BlendFit fit = new([new("repeats", 0)], Strength: 1, Negatives: 3);
        Blend blend = (Blend)fit.Make(markets.Input(_device) with { Earlier = models });
        Assert.True(blend.Parts[0].Weight > 1);
        IReadOnlyList<CandidateList>[] ranked = [new AllCandidates(market, Split.Valid), SampledCandidates.Draw(market, Split.Valid, 1, 3)];
        Assert.All(ranked, lists =>
        {
            RankedLists found = new Ranker(Metric.ParseAll("hr@1"), threads: 1).Rank(blend.Scorer(_device, 0), markets.Target, lists);
            Assert.Equal((8, 1), (found.Result.Users, found.Result.Means["hr@1"]));
        });
    }

    [Fact]
    public void An_unknown_item_scores_like_one_without_training_rows_unless_a_part_ranks_it_last()
    {
        // The last item of the user is held out, and nobody else has it.
        Row[] rows = [.. Enumerable.Range(0, 8).SelectMany(user => Enumerable.Range(0, 8).Select(time => new Row(
            $"u{user}", user == 0 && time == 7 ? "new" : $"i{(user + time) % 10}", 5, time)))];
        FitMarkets markets = new([Market.Prepare(TestMarkets.Ratings("jp", rows))]);
        int untrained = markets.Tables.ItemRow("new");
        Dictionary<string, IFittedModel> models = Models(markets);
        IScorer blend = Fit(markets, models, strength: 1).Scorer(_device, 0);
        Real[] scores = new Real[markets.Users.Length];
        blend.ScoreAll(markets.Users, [untrained], scores);
        Assert.All(scores, score => Assert.Equal(blend.UnknownItem, score));

        Gmf gmf = new(_device, new ModelShape(markets.Users.Length, markets.Items.Length, 2, [4, 2]));
        IScorer last = new Blend([new("a", 1), new("pop", -2)], [gmf, models["pop"]]).Scorer(_device, 0);
        Assert.Equal(-float.MaxValue, last.UnknownItem);
        Assert.Equal(-float.MaxValue, new Ensemble([gmf, gmf, gmf]).Scorer(_device, 0).UnknownItem);
    }

    [Fact]
    public void Fitted_weights_are_taken_with_new_models()
    {
        FitMarkets markets = new(3), others = new(4);
        Blend first = (Blend)Fit(markets, Models(markets), strength: 1);
        BlendFit again = new([new("itemknn", 9, 0.01), new("pop", 9, 1)]) { Fitted = first };
        Dictionary<string, IFittedModel> models = Models(others);
        Blend second = (Blend)again.Make(others.Input(_device) with { Earlier = models });
        Assert.Equal(first.Parts, second.Parts);
        Assert.Equal(first.Parts, again.Weights);
        Assert.Equal(Scores(others, new Blend(first.Parts, [.. first.Parts.Select(part => models[part.Key])])), Scores(others, second));
    }

    [Fact]
    public void Users_in_several_blocks_have_the_scores_of_users_alone()
    {
        FitMarkets markets = new(5);
        Blend blend = (Blend)Fit(markets, Models(markets), strength: 1);
        int[] many = [.. Enumerable.Range(0, (1 << 20) / 14 + 30).Select(i => i % markets.Users.Length)];
        Real[] all = new Real[many.Length * 14], one = Scores(markets, blend);
        blend.Scorer(_device, 0).ScoreAll(many, markets.Items, all);
        for (int place = 0; place < many.Length; place += 997)
            Assert.Equal(one[(many[place] * 14)..((many[place] + 1) * 14)], all[(place * 14)..((place + 1) * 14)]);
        Assert.Equal(one[(many[^1] * 14)..((many[^1] + 1) * 14)], all[^14..]);
    }

    private IFittedModel Fit(FitMarkets markets, Dictionary<string, IFittedModel> models, double strength) =>
        new BlendFit([new("pop", 0.25, 1), new("itemknn", 0.5, 0.01)], strength, Negatives: 6)
            .Make(markets.Input(_device) with { Earlier = models });

    private Dictionary<string, IFittedModel> Models(FitMarkets markets) => new()
    {
        ["pop"] = new PopularityFit().Make(markets.Input(_device)),
        ["itemknn"] = new ItemNeighboursFit().Make(markets.Input(_device)),
    };

    private static IEnumerable<double> Weights(IFittedModel model) => ((Blend)model).Parts.Select(part => part.Weight);

    private Real[] Scores(FitMarkets markets, IFittedModel model)
    {
        Real[] scores = new Real[markets.Users.Length * markets.Items.Length];
        model.Scorer(_device, 0).ScoreAll(markets.Users, markets.Items, scores);
        return scores;
    }

    // A model of given scores.
    private sealed class Known(Func<int, int, double> score) : IFittedModel, IScorer
    {
        public IEnumerable<Checkpoints.SafeTensor> Tensors => [];

        public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) => this;

        public void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
        {
            for (int i = 0; i < scores.Length; i++)
                scores[i] = (Real)score(users[i], items[i]);
        }

        public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
        {
            for (int i = 0; i < scores.Length; i++)
                scores[i] = (Real)score(users[i / items.Length], items[i % items.Length]);
        }

        public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) => throw new NotSupportedException();
    }
}
