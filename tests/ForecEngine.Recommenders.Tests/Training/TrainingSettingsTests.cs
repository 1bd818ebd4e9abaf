// Settings are equal exactly if all their values are. In JSON they are one flat object.

using System.Text.Json;
using System.Text.Json.Nodes;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class TrainingSettingsTests
{
    private static readonly TrainingSettings s_plain = new();

    private static readonly TrainingSettings s_changed = new()
    {
        LearningRate = 1,
        Loss = RatingLoss.Bpr,
        AverageSeeds = 2,
        Model = new()
        {
            Dimension = 1,
            Layers = [2, 8],
            StandardDeviation = 2,
            TransferBiases = false,
            UnitProduct = true,
            Dropout = 0.5,
            Ddtcdr = new() { Alpha = 1 },
        },
        Samples = new()
        {
            BatchSize = 1,
            Negatives = 1,
            RedrawNegatives = false,
            NegativesExclude = NegativesExclude.All,
            NegativeSampling = NegativeSampling.Popularity,
            Sampling = Sampling.Sel,
        },
        Gradient = new()
        {
            Epochs = 1,
            L2 = 1,
            Adam = AdamMode.Lazy,
            KeptEpoch = KeptEpoch.Best,
            Patience = 1,
            Schedule = RateShape.Cosine,
            DecayStart = 0.5,
            FinalRate = 0.1,
            WeightAveraging = 0.5,
        },
        MetaLearning = new() { SupportSize = 1, InnerLearningRate = 1, AdaptOn = AdaptOn.Train },
        Fork = new() { Head = [], Unfreeze = 1, KeepOutput = true, Epochs = 1, BatchSize = 1, L2 = 1, Loss = RatingLoss.Mse },
        History = new()
        {
            RecencyDecay = 0.5,
            RecencyFloor = 0.5,
            Neighbours = 1,
            Shrink = 1,
            Ridge = 1,
            BagEpochs = 1,
            BagBatchSize = 1,
            BagLearningRate = 1,
            BagL2 = 1,
            BagDimension = 1,
            BagDropout = 0.1,
        },
    };

    [Fact]
    public void For_a_plan_without_gradient_descent_all_rows_of_the_sources_are_used()
    {
        TrainingSettings sel = s_plain with { Samples = new() { Sampling = Sampling.Sel } };
        Assert.Equal(s_plain, sel.For(PlanCatalog.Find("forec+")));
        Assert.Equal(s_plain, sel.For(PlanCatalog.Find("ease++")));
        Assert.Equal(sel, sel.For(PlanCatalog.Find("nmf++")));
        Assert.Equal(sel, sel.For(PlanCatalog.Find("forec")));
    }

    [Fact]
    public void Settings_with_equal_lists_of_layer_widths_are_equal()
    {
        TrainingSettings a = new() { Model = new() { Layers = [16, 8] } }, b = new() { Model = new() { Layers = Widths.Of([16, 8]) } };
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, new() { Model = new() { Layers = [16, 8, 8] } });
    }

    [Fact]
    public void Settings_are_read_as_they_were_written()
    {
        Assert.Equal(s_plain, Read(Flat(s_plain)));
        Assert.Equal(s_changed, Read(Flat(s_changed)));
    }

    // Goes through every member, to find one that is not read from JSON or that hides another of the same name.
    [Fact]
    public void Changing_any_member_of_the_flat_object_changes_the_settings()
    {
        JsonObject plain = Flat(s_plain), changed = Flat(s_changed);
        Assert.Empty(plain.Select(member => member.Key).Except(changed.Select(member => member.Key)));
        foreach ((string name, JsonNode? value) in changed)
        {
            JsonObject one = plain.DeepClone().AsObject();
            one[name] = value?.DeepClone();
            Assert.NotEqual(s_plain, Read(one));
        }
    }

    [Fact]
    public void The_flat_object_has_the_member_names_of_earlier_records() => Assert.Equal(
        "adam adapt_on batch_size ddtcdr dimension embedding_deviation epochs fine_tune_batch_size fine_tune_epochs fine_tune_l2 "
            + "fine_tune_loss head inner_rate keep keep_output l2 layers learning_rate negatives negatives_exclude redraw_negatives "
            + "sampling shots transfer_biases unfreeze",
        string.Join(' ', Flat(s_plain).Select(member => member.Key).Order(StringComparer.Ordinal)));

    [Fact]
    public void The_names_of_all_settings_are_those_of_the_flat_object_of_changed_settings() => Assert.Equal(
        Flat(s_changed).Select(member => member.Key).Order(StringComparer.Ordinal), FlatSettings.Names.Order(StringComparer.Ordinal));

    // Members that earlier versions did not write are not written with their defaults, so that equal records stay equal as text.
    [Fact]
    public void The_flat_object_of_changed_settings_also_has_the_later_members() => Assert.Equal(
        "average_seeds bag_batch_size bag_dimension bag_dropout bag_epochs bag_l2 bag_learning_rate decay_start dropout final_rate "
            + "loss negative_sampling neighbours patience recency_decay recency_floor ridge schedule shrink unit_product weight_averaging",
        string.Join(' ', Flat(s_changed).Select(member => member.Key).Except(Flat(s_plain).Select(member => member.Key))
            .Order(StringComparer.Ordinal)));

    [Fact]
    public void Members_missing_from_a_record_have_their_defaults() =>
        Assert.Equal(new() { Gradient = new() { Epochs = 3 } }, Read(new JsonObject { ["epochs"] = 3, ["of_another_version"] = 1 }));

    private static JsonObject Flat(TrainingSettings settings) =>
        JsonSerializer.SerializeToNode(settings, Experiment.JsonOptions)!.AsObject();

    private static TrainingSettings? Read(JsonObject flat) => flat.Deserialize<TrainingSettings>(Experiment.JsonOptions);
}
