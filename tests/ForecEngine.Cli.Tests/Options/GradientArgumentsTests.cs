// The options of gradient descent reach the record and the training, or are refused in one line.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Options;

public sealed class GradientArgumentsTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void The_record_has_the_options_and_a_phase_without_progress_ends_early()
    {
        tool.Train("--method", "gmf", "--epochs", "40", "--patience", "2", "--schedule", "linear", "--decay-start", "0.5",
            "--final-rate", "0.05", "--weight-averaging", "0.8", "--out", tool["early"]).Done();
        JsonObject result = tool.Json(Path.Combine("early", "result.json")), stage = result["stages"]![0]!.AsObject();
        Assert.True((int)stage["epochs"]! < 40);
        Assert.Equal((int)stage["epochs"]! - 2, (int)stage["best_epoch"]!);
        JsonObject options = result["experiment"]!["options"]!.AsObject();
        Assert.Equal(
            (2, "linear", 0.5, 0.05, 0.8),
            ((int)options["patience"]!, (string?)options["schedule"], (double)options["decay_start"]!, (double)options["final_rate"]!,
                (double)options["weight_averaging"]!));
    }

    [Fact]
    public void Bpr_mf_is_trained_evaluated_and_recommends_also_to_new_users()
    {
        tool.Train("--method", "bpr-mf++", "--source", "uk", "--negative-sampling", "popularity", "--out", tool["bpr"]).Done();
        JsonObject options = tool.Json(Path.Combine("bpr", "result.json"))["experiment"]!["options"]!.AsObject();
        Assert.Equal("popularity", (string?)options["negative_sampling"]);
        Assert.Equal("bpr", (string?)options["loss"]);
        ToolRun.Run("evaluate", "--model", tool["bpr"], "--data", tool.Root, "--target", "jp", "--quiet").Done();
        string[] held = File.ReadLines(tool[Path.Combine("bpr", "model.ids.tsv")])
            .Where(line => line.StartsWith("item", StringComparison.Ordinal))
            .Select(line => line.Split('\t')[^1]).Take(3).ToArray();
        ToolRun.Run("recommend", "--model", tool["bpr"], "--items", string.Join(',', held), "--top", "5").Done();
    }

    [Theory]
    [InlineData("--decay-start has no effect with --schedule constant; it is for linear and cosine", "--decay-start", "0.5")]
    [InlineData("--final-rate has no effect with --schedule constant; it is for linear and cosine", "--final-rate", "0.5")]
    [InlineData("--decay-start: expects a number from 0 to 1, got '2'", "--schedule", "cosine", "--decay-start", "2")]
    [InlineData("--patience has no effect with --hold-out none, which has no validation", "--patience", "2", "--hold-out", "none")]
    [InlineData("--negatives: 0 leaves nothing that the loss", "--loss", "bpr", "--negatives", "0")]
    [InlineData("--negatives has no effect with --loss softmax, which takes all items", "--loss", "softmax", "--negatives", "2")]
    [InlineData("--negatives: 0 leaves nothing that the loss", "--negative-sampling", "in-batch", "--negatives", "0")]
    [InlineData("--dropout has no effect with gmf; it is for mlp, nmf, ", "--dropout", "0.1")]
    [InlineData("--patience: 0 is not between 1 and 1000000", "--patience", "0")]
    [InlineData("--weight-averaging: expects a number of at least 0 and less than 1, got '1'", "--weight-averaging", "1")]
    public void Options_that_are_invalid_or_have_no_effect_are_refused(string message, params string[] options) =>
        tool.Train(["--method", "gmf", .. options]).Failed(2, message);

    [Fact]
    public void A_method_without_gradients_refuses_them() =>
        ToolRun.Run("train", "--data", tool.Root, "--target", "jp", "--method", "pop", "--schedule", "linear")
            .Failed(2, "--schedule has no effect with pop; it is for gmf, ");
}
