// Runs of forec+: the blend sees no held-out row, works without validation, times or sources, and resumes with the same bits.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class BlendedRunsTests : StageRuns
{
    private static readonly TrainingSettings s_settings = new()
    {
        History = new() { BagEpochs = 2, BagDimension = 4, BagBatchSize = 16 },
        AverageSeeds = 2,
    };

    [Fact]
    public void Another_test_item_changes_neither_the_weights_nor_any_tensor_of_the_model()
    {
        Ratings ratings = TestMarkets.Random("jp", 3);
        int user = ratings.Users.Count - 1;
        HeldOutRow test = Market.Prepare(ratings).Test.Single(row => row.User == user);
        int row = Enumerable.Range(0, ratings.Count).Single(at => ratings.UserOf[at] == user && ratings.ItemOf[at] == test.Item);
        int[] own = [.. ratings.ItemOf.Where((_, at) => ratings.UserOf[at] == user)];
        int other = Enumerable.Range(0, ratings.Items.Count).First(item => !own.Contains(item));
        Ratings moved = ratings with { ItemOf = [.. ratings.ItemOf.Select((item, at) => at == row ? other : item)] };

        Market[] source = [TestMarkets.Prepared("uk", 3)];
        ExperimentOutcome one = Run([Market.Prepare(ratings), .. source]), two = Run([Market.Prepare(moved), .. source]);
        Assert.Equal(other, two.TargetMarket.Test.Single(each => each.User == user).Item);
        Assert.Equal(((Blend)one.Model).Parts, ((Blend)two.Model).Parts);
        Assert.Equal(Bytes(one), Bytes(two));
        Assert.NotEqual(one.Tested().Scores[user], two.Tested().Scores[user]); // of other candidates
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_validation_the_weights_are_those_of_a_run_that_holds_one_more_positive_out(bool isTimed)
    {
        Market[] markets = [.. ((string[])["jp", "uk"]).Select(name => Market.Prepare(
            isTimed ? TestMarkets.Random(name, 3) : TestMarkets.Random(name, 3) with { Time = null }, SplitRules.TrainOnAll))];
        Assert.All(markets, market => Assert.Empty(market.Valid));
        ExperimentOutcome outcome = Run(markets, HoldOut.None);
        RandomSequence draws = RandomSequence.Named(1, "blend/held-out");
        Blend expected = (Blend)Run([.. markets.Select(market => market.HoldingOut(draws))]).Model, found = (Blend)outcome.Model;
        Assert.Equal(expected.Parts, found.Parts);

        // The models are fitted to all rows.
        Market target = outcome.TargetMarket;
        float[] counts = outcome.Model.Tensors.Single(tensor => tensor.Name == "pop/popularity.weight").ToSingles();
        Assert.Equal(target.TrainLabels.ToArray().Sum(), counts.Sum());
        Assert.Equal(
            outcome.Phases.Select(phase => phase.Name).TakeLast(outcome.Phases.Count / 2).Select(name => $"{name}/held-out"),
            outcome.Phases.Select(phase => phase.Name).Take(outcome.Phases.Count / 2));
        Assert.Equal(isTimed, expected.Parts.Single(part => part.Key == "next").Weight
            != PlanCatalog.Find("forec+").Phases.Select(phase => phase.Fit).OfType<BlendFit>().Single().Parts
                .Single(part => part.Key == "next").Weight);
    }

    [Fact]
    public void A_target_alone_is_enough()
    {
        ExperimentOutcome outcome = Run([TestMarkets.Prepared("jp", 3)]);
        Assert.All(outcome.Tested().Scores.SelectMany(scores => scores), score => Assert.True(float.IsFinite(score)));
        Blend blend = (Blend)outcome.Model;
        Assert.Equal(Of("itemknn"), Of("itemknn++"), 1e-6); // the same scores and the same prior

        double Of(string key) => blend.Parts.Single(part => part.Key == key).Weight;
    }

    [Fact]
    public void The_model_and_all_scores_are_the_same_on_any_device_and_number_of_threads()
    {
        Market[] markets = [TestMarkets.Prepared("jp", 3), TestMarkets.Prepared("uk", 3)];
        using ScalarDevice scalar = new();
        using SimdDevice two = new(2);
        ExperimentOutcome one = Run(markets, device: scalar), other = Run(markets, device: two, threads: 2);
        Assert.Equal(Bytes(one), Bytes(other));
        Assert.Equal(one.Tested().Scores, other.Tested().Scores);
    }

    [Theory]
    [InlineData(HoldOut.LastPositives, "item-bag-1")]
    [InlineData(HoldOut.LastPositives, "item-bag-2")]
    [InlineData(HoldOut.None, "item-bag-2/held-out")]
    [InlineData(HoldOut.None, "item-bag-1")]
    public void An_interrupted_run_resumes_with_the_same_bits(HoldOut holdOut, string phase)
    {
        Market[] markets = [.. ((string[])["jp", "uk"]).Select(name =>
            Market.Prepare(TestMarkets.Random(name, 3), new SplitRules { HoldOut = holdOut }))];
        ExperimentOutcome expected = Run(markets, holdOut);
        int reports = 0;
        Assert.Throws<OperationCanceledException>(() => Run(markets, holdOut, Own(resumes: false), progress: report =>
        {
            if (report.Phase == phase && report.Epoch == 2 && ++reports == 2)
                throw new OperationCanceledException();
        }));
        List<TrainingProgress> trained = [];
        ExperimentOutcome resumed = Run(markets, holdOut, Own(resumes: true), progress: trained.Add);
        Assert.Equal((phase, 2), (trained[0].Phase, trained[0].Epoch));
        Assert.Equal(Bytes(expected), Bytes(resumed));
        Assert.Equal(expected.Test?.Scores, resumed.Test?.Scores);
    }

    [Fact]
    public void A_run_reuses_the_stages_of_the_cache_and_the_rehearsal_is_not_taken_for_the_whole()
    {
        Market[] markets = [.. ((string[])["jp", "uk"]).Select(name => Market.Prepare(TestMarkets.Random(name, 3), SplitRules.TrainOnAll))];
        ExperimentOutcome expected = Run(markets, HoldOut.None), first = Run(markets, HoldOut.None, Cache());
        Assert.All(first.Phases, phase => Assert.False(phase.Cached));
        ExperimentOutcome cached = Run(markets, HoldOut.None, Cache());
        Assert.All(cached.Phases, phase => Assert.True(phase.Cached));
        Assert.Equal(Bytes(expected), Bytes(first));
        Assert.Equal(Bytes(expected), Bytes(cached));
    }

    [Fact]
    public void Rows_without_times_do_not_reuse_the_stages_of_equal_rows_with_times()
    {
        Ratings ratings = TestMarkets.Random("jp", 3);
        ExperimentOutcome Next(Ratings rows) => Run(
            [Market.Prepare(rows, SplitRules.TrainOnAll)], HoldOut.None, Cache(),
            plan: new Plan("forec+", [new("next", "itemknn", Scope.Target, new NextItemsFit())]));
        Assert.False(Next(ratings).Phases[0].Cached);
        ExperimentOutcome untimed = Next(ratings with { Time = null });
        Assert.False(untimed.Phases[0].Cached);
        Assert.Equal(0, untimed.Model.Tensors.Single(tensor => tensor.Name == "near.similarities").Count);
    }

    [Theory]
    [InlineData(KeptEpoch.Best, false)]
    [InlineData(KeptEpoch.Last, true)]
    public void A_bag_is_reused_with_other_candidates_of_validation_unless_these_choose_its_epoch(KeptEpoch kept, bool isReused)
    {
        Market[] markets = [TestMarkets.Prepared("jp", 3)];
        ItemBagFit fit = new(Dimension: 4, BatchSize: 16) { Gradient = new() { Epochs = 2, KeptEpoch = kept } };
        Plan plan = new("forec+", [new("item-bag", "item-bag", Scope.Target, fit)]);
        Assert.False(Run(markets, stages: Cache(), plan: plan).Phases[0].Cached);
        Assert.True(Run(markets, stages: Cache(), plan: plan).Phases[0].Cached);
        Assert.Equal(isReused, Run(markets, stages: Cache(), plan: plan, negatives: 11).Phases[0].Cached);
    }

    private static byte[] Bytes(ExperimentOutcome outcome) =>
        [.. outcome.Model.Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).SelectMany(tensor => tensor.Data.ToArray())];

    private static ExperimentOutcome Run(
        Market[] markets, HoldOut holdOut = HoldOut.LastPositives, StageStore? stages = null, Action<TrainingProgress>? progress = null,
        IDevice? device = null, int threads = 1, Plan? plan = null, int negatives = 10)
    {
        using SimdDevice simd = new(1);
        Experiment experiment = new()
        {
            Method = "forec+",
            Preset = "paper",
            Target = "jp",
            Sources = [.. markets.Select(market => market.Name).Where(name => name != "jp")],
            Settings = s_settings,
            Seed = 1,
            HoldOut = holdOut,
            EvaluationNegatives = negatives,
        };
        return new ExperimentRunner(device ?? simd, threads, stages).Run(experiment, markets, null, Metric.Default, progress, plan);
    }
}
