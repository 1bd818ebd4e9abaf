// With the history train+valid, test ranks each user by the training rows and the validation row; validation is ranked as trained.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class TestRankingTests
{
    private static readonly FoldInOptions s_options = new() { Seed = 5 };

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_scorer_by_histories_gets_the_validation_row_at_test_time_alone(Seed seed)
    {
        using ScalarDevice device = new();
        MarketUnion union = new([TestMarkets.Prepared("de", seed.Value), TestMarkets.Prepared("jp", seed.Value)]);
        PlacedMarket placed = union.Place("jp");
        IFittedModel model = new ItemNeighboursFit(5).Make(new(union.Markets, placed, new TableIds(union), device, Threads: 1, Seed: 1));
        AllCandidates test = new(placed.Market, Split.Test), valid = new(placed.Market, Split.Valid);
        Ranker ranker = new(Metric.Default, 1);
        IScorer scorer = model.Scorer(device, placed.Index);
        TestRanking trained = new(device, model, placed, HistoryRows.Train, s_options);
        TestRanking more = new(device, model, placed, HistoryRows.TrainAndValid, s_options);
        Assert.Equal(ranker.Rank(scorer, placed, test).Scores, trained.Rank(ranker, test, Split.Test).Scores);
        Assert.Equal(ranker.Rank(scorer, placed, valid).Scores, more.Rank(ranker, valid, Split.Valid).Scores);

        RankedLists ranked = more.Rank(ranker, test, Split.Test);
        foreach ((CandidateList list, Real[] scores) in ranked.Lists.Zip(ranked.Scores))
        {
            Real[] expected = new Real[list.Items.Length];
            ItemHistory history = new(Positives(placed, list.User), [], isTimed: true);
            scorer.FoldIn([history]).ScoreAll([0], [.. list.Items.Select(item => placed.ItemRows[item])], expected);
            Assert.Equal(expected, scores);
        }

        Assert.NotEqual(trained.Rank(ranker, test, Split.Test).Scores, ranked.Scores);
    }

    // With a random order, the validation row is anywhere among the training rows.
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 20)]
    public void A_history_has_the_positives_of_training_and_validation_in_the_order_of_time(Seed seed)
    {
        using ScalarDevice device = new();
        Ratings ratings = TestMarkets.Random("jp", seed.Value);
        Market market = Market.Prepare(ratings, new SplitRules { Order = RowOrder.Random, SplitSeed = seed.Value });
        PlacedMarket placed = new MarketUnion([market]).Place("jp");
        Recording model = new();
        new TestRanking(device, model, placed, HistoryRows.TrainAndValid, s_options)
            .Rank(new(Metric.Default, 1), SampledCandidates.Draw(market, Split.Test, 1, 5), Split.Test);
        Assert.Equal(market.Test.Count, model.Histories.Count);
        foreach ((HeldOutRow test, ItemHistory history) in market.Test.Zip(model.Histories))
        {
            int[] known = [.. Enumerable.Range(0, ratings.Count).Where(row => ratings.UserOf[row] == test.User
                && ratings.Rating[row] >= 1 && market.Splits[row] != RowSplit.Test)];
            Assert.Equal(known.OrderBy(row => ratings.Time![row]).Select(row => placed.ItemRows[ratings.ItemOf[row]]), history.InOrder);
            Assert.True(history.IsTimed);
            Assert.Equal(placed.UserRows[test.User], history.TrainedUser);
        }
    }

    [Fact]
    public void Popularity_does_not_change_with_the_history()
    {
        using ScalarDevice device = new();
        MarketUnion union = new([TestMarkets.Prepared("jp", 1)]);
        PlacedMarket placed = union.Markets[0];
        IFittedModel model = new PopularityFit().Make(new([placed], placed, new TableIds(union), device, Threads: 1, Seed: 1));
        IReadOnlyList<CandidateList> lists = SampledCandidates.Draw(placed.Market, Split.Test, 1, 15);
        Assert.Equal(Rank(HistoryRows.Train), Rank(HistoryRows.TrainAndValid));

        Real[][] Rank(HistoryRows history) =>
            new TestRanking(device, model, placed, history, s_options).Rank(new(Metric.Default, 1), lists, Split.Test).Scores;
    }

    [Fact]
    public void The_vectors_of_a_trained_user_are_fitted_from_the_trained_ones_and_the_model_is_unchanged()
    {
        using SimdDevice device = new(1);
        PlacedMarket placed = new MarketUnion([TestMarkets.Prepared("jp", 1)]).Place("jp");
        Gmf model = new(device, new ModelShape(placed.UserRows.Length, placed.ItemRows.Length, 3, [6]));
        model.Initialise(3, "test", 1);
        Real[][] before = [.. model.Parameters.Select(Values)];
        IReadOnlyList<CandidateList> lists = SampledCandidates.Draw(placed.Market, Split.Test, 1, 15);
        Ranker ranker = new(Metric.Default, 1);
        Real[][] trained = ranker.Rank(new ModelScorer(device, model), placed, lists).Scores;
        Assert.Equal(trained, Rank(s_options with { Steps = 0 }));
        Assert.NotEqual(trained, Rank(s_options));
        Assert.Equal(before, model.Parameters.Select(Values));

        Real[][] Rank(FoldInOptions options) =>
            new TestRanking(device, model, placed, HistoryRows.TrainAndValid, options).Rank(ranker, lists, Split.Test).Scores;
    }

    [Fact]
    public void Without_a_validation_row_nothing_more_is_known()
    {
        using ScalarDevice device = new();
        Market market = Market.Prepare(TestMarkets.Random("jp", 1), SplitRules.TrainOnAll);
        PlacedMarket placed = new MarketUnion([market]).Place("jp");
        Gmf model = new(device, new ModelShape(placed.UserRows.Length, placed.ItemRows.Length, 3, [6]));
        model.Initialise(3, "test", 1);
        CandidateList[] lists = [new(0, [0, 1, 2], [0, 1, 0], [(market.Items.Text(1), 1)])];
        Ranker ranker = new(Metric.Default, 1);
        Assert.Equal(
            ranker.Rank(new ModelScorer(device, model), placed, lists).Scores,
            new TestRanking(device, model, placed, HistoryRows.TrainAndValid, s_options).Rank(ranker, lists, Split.Test).Scores);
    }

    // Every kind of fit: counting, gradient descent, and meta-learning, whose model adapts first.
    [Theory]
    [InlineData("itemknn")]
    [InlineData("gmf")]
    [InlineData("maml")]
    public void A_run_ranks_test_by_the_history_of_its_record(string method)
    {
        using SimdDevice device = new(1);
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = "jp",
            Settings = new() { Gradient = new() { Epochs = 1 }, Samples = new() { BatchSize = 256 } },
            EvaluationNegatives = 15,
        };
        ExperimentOutcome trained = Run(experiment), more = Run(experiment with { History = HistoryRows.TrainAndValid });
        Assert.Equal(trained.Valid?.Scores, more.Valid?.Scores);
        Assert.NotEqual(trained.Test?.Scores, more.Test?.Scores);
        Assert.Equal(trained.Test?.Lists.Select(list => list.Items), more.Test?.Lists.Select(list => list.Items));

        ExperimentOutcome Run(Experiment record) =>
            new ExperimentRunner(device).Run(record, [TestMarkets.Prepared("jp", 1), TestMarkets.Prepared("uk", 1)]);
    }

    private static IEnumerable<int> Positives(PlacedMarket placed, int user)
    {
        Market market = placed.Market;
        IEnumerable<int> trained = Enumerable.Range(0, market.TrainUsers.Length)
            .Where(row => market.TrainUsers[row] == user && market.TrainLabels[row] > 0).Select(row => market.TrainItems[row]);
        return trained.Concat(market.Valid.Where(row => row.User == user).Select(row => row.Item)).Select(item => placed.ItemRows[item]);
    }

    /// <summary>A model that scores 0 and keeps the histories.</summary>
    private sealed class Recording : IFittedModel, IScorer
    {
        public List<ItemHistory> Histories { get; } = [];

        public IEnumerable<SafeTensor> Tensors => [];

        public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) => this;

        public void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores) => scores.Clear();

        public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores) => scores.Clear();

        public IScorer FoldIn(IReadOnlyList<ItemHistory> histories)
        {
            Histories.AddRange(histories);
            return this;
        }
    }

    private static Real[] Values(Parameter parameter)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        parameter.Value.Values.Read(values);
        return values;
    }
}
