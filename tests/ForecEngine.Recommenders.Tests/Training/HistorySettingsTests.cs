// The settings of histories reach the fits of their methods, and invalid ones are named.

using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class HistorySettingsTests
{
    private static readonly HistorySettings s_own = new()
    {
        RecencyDecay = 0.9,
        RecencyFloor = 0.3,
        Neighbours = 7,
        Shrink = 2,
        Ridge = 11,
        BagEpochs = 5,
        BagBatchSize = 9,
        BagLearningRate = 0.01,
        BagL2 = 0.002,
        BagDimension = 6,
        BagDropout = 0.25,
    };

    [Fact]
    public void Every_setting_reaches_the_fits_of_the_methods_that_use_it()
    {
        Recency recency = new(0.9, 0.3);
        Assert.Equal(new ItemNeighboursFit(7, 2) { Recency = recency }, Only("itemknn"));
        Assert.Equal(new RandomWalkFit(7) { Recency = recency }, Only("rp3beta++"));
        Assert.Equal(new EaseFit(11) { Recency = recency }, Only("ease"));
        Assert.Equal(new EaseFit(11, 0.3, 0.5) { Recency = recency }, Only("edlae++"));
        Assert.Equal(new LeastSquaresFit(6, Ridge: 11) { Recency = recency }, Only("ials"));
        ItemBagFit bag = Assert.IsType<ItemBagFit>(Only("item-bag++"));
        Assert.Equal(
            (6, 9, 0.01, 0.25, 5, 0.002, recency),
            (bag.Dimension, bag.BatchSize, bag.LearningRate, bag.Dropout, bag.Epochs, bag.Gradient.L2, bag.Recency));

        static Fit Only(string method) => Assert.Single(PlanCatalog.Find(method, new() { History = s_own }).Phases).Fit;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_blend_has_as_many_bags_as_asked_for_with_draws_of_their_own_and_all_its_parts_before_it(int bags)
    {
        Plan plan = PlanCatalog.Find("forec+", new() { History = s_own, AverageSeeds = bags });
        Assert.True(plan.WorksAlone);
        Assert.Equal(Enumerable.Range(1, bags), plan.Phases.Select(phase => phase.Fit).OfType<ItemBagFit>().Select(fit => fit.Member));
        BlendFit blend = Assert.IsType<BlendFit>(plan.Phases[^1].Fit);
        Assert.Empty(blend.Parts.Select(part => part.Key).Except(plan.Phases.SkipLast(1).Select(phase => phase.Key)));
        Assert.Equal(
            plan.Phases.Take(bags).Select(phase => phase.Key),
            plan.Phases.Select(phase => phase.Fit).OfType<ItemBagAverage>().Single().Keys);
    }

    [Theory]
    [InlineData("item-bag", Scope.Target)]
    [InlineData("item-bag++", Scope.All)]
    public void Several_item_bags_are_averaged_with_the_first_like_a_single_one(string method, Scope scope)
    {
        IReadOnlyList<Phase> phases = PlanCatalog.Find(method, new() { History = s_own, AverageSeeds = 3 }).Phases;
        Assert.Equal([$"{method}-1", $"{method}-2", $"{method}-3", method], phases.Select(phase => phase.Name));
        Assert.Equal([1, 2, 3], phases.SkipLast(1).Select(phase => Assert.IsType<ItemBagFit>(phase.Fit).Member));
        Assert.Equal(phases.SkipLast(1).Select(phase => phase.Key), Assert.IsType<ItemBagAverage>(phases[^1].Fit).Keys);
        Assert.All(phases, phase => Assert.Equal(scope, phase.Scope));
        Assert.Equal(phases[0].Fit, Assert.Single(PlanCatalog.Find(method, new() { History = s_own, AverageSeeds = 1 }).Phases).Fit);
    }

    [Fact]
    public void Invalid_settings_are_named_and_valid_ones_are_not()
    {
        Assert.Null(new HistorySettings().Fault);
        Assert.Null(s_own.Fault);
        (HistorySettings Settings, string Fault)[] wrong =
        [
            (new() { RecencyDecay = 0 }, "recency_decay is 0"), (new() { RecencyDecay = 1.5 }, "recency_decay is 1.5"),
            (new() { RecencyFloor = -0.5 }, "recency_floor is -0.5"), (new() { Neighbours = 0 }, "neighbours is 0"),
            (new() { Shrink = double.NaN }, "shrink is NaN"), (new() { Ridge = 0 }, "ridge is 0"),
            (new() { BagEpochs = -1 }, "bag_epochs is -1"), (new() { BagBatchSize = 0 }, "bag_batch_size is 0"),
            (new() { BagLearningRate = 0 }, "bag_learning_rate is 0"), (new() { BagL2 = -1 }, "bag_l2 is -1"),
            (new() { BagDimension = 0 }, "bag_dimension is 0"), (new() { BagDimension = 5000 }, "bag_dimension is 5000"),
            (new() { BagDropout = 1 }, "bag_dropout is 1"),
        ];
        Assert.All(wrong, each => Assert.Equal(each.Fault, each.Settings.Fault));
    }
}
