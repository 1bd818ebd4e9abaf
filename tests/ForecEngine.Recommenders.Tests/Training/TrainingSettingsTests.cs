// Settings are equal where they hold the same numbers, and only there: same record, same result. As JSON they are flat.

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
        Model = new() { Dimension = 1, Layers = [2, 8], StandardDeviation = 2, TransferBiases = false, Ddtcdr = new() { Alpha = 1 } },
        Samples = new()
        {
            BatchSize = 1,
            Negatives = 1,
            RedrawNegatives = false,
            NegativesExclude = NegativesExclude.All,
            Sampling = Sampling.Sel,
        },
        Gradient = new() { Epochs = 1, L2 = 1, Adam = AdamMode.Lazy, KeptEpoch = KeptEpoch.Best },
        MetaLearning = new() { SupportSize = 1, InnerLearningRate = 1, AdaptOn = AdaptOn.Train },
        Fork = new() { Head = [], Unfreeze = 1, KeepOutput = true, Epochs = 1, BatchSize = 1, L2 = 1, Loss = RatingLoss.Mse },
    };

    [Fact]
    public void Settings_with_the_same_widths_in_another_list_are_equal()
    {
        TrainingSettings a = new() { Model = new() { Layers = [16, 8] } }, b = new() { Model = new() { Layers = Widths.Of([16, 8]) } };
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, new() { Model = new() { Layers = [16, 8, 8] } });
    }

    [Fact]
    public void What_is_written_is_read_as_it_was()
    {
        Assert.Equal(s_plain, Read(Flat(s_plain)));
        Assert.Equal(s_changed, Read(Flat(s_changed)));
    }

    // Every member, so that one whose JSON is not read, or that hides another of the same name, is found.
    [Fact]
    public void A_change_of_any_member_of_the_flat_object_makes_other_settings()
    {
        JsonObject plain = Flat(s_plain), changed = Flat(s_changed);
        Assert.Equal(plain.Select(member => member.Key), changed.Select(member => member.Key));
        foreach ((string name, JsonNode? value) in changed)
        {
            JsonObject one = plain.DeepClone().AsObject();
            one[name] = value?.DeepClone();
            Assert.NotEqual(s_plain, Read(one));
        }
    }

    [Fact]
    public void The_names_of_the_flat_object_are_those_of_earlier_records() => Assert.Equal(
        "adam adapt_on batch_size ddtcdr dimension embedding_deviation epochs fine_tune_batch_size fine_tune_epochs fine_tune_l2 fine_tune_loss "
            + "head inner_rate keep keep_output l2 layers learning_rate negatives negatives_exclude redraw_negatives sampling shots "
            + "transfer_biases unfreeze",
        string.Join(' ', Flat(s_plain).Select(member => member.Key).Order(StringComparer.Ordinal)));

    [Fact]
    public void Members_that_a_record_lacks_are_as_by_default() =>
        Assert.Equal(new() { Gradient = new() { Epochs = 3 } }, Read(new JsonObject { ["epochs"] = 3, ["of_another_version"] = 1 }));

    private static JsonObject Flat(TrainingSettings settings) =>
        JsonSerializer.SerializeToNode(settings, Experiment.JsonOptions)!.AsObject();

    private static TrainingSettings? Read(JsonObject flat) => flat.Deserialize<TrainingSettings>(Experiment.JsonOptions);
}
