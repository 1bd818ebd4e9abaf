// The options of methods by histories reach the record, or are refused in one line; forec+ works like any other method.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Options;

public sealed class HistoryArgumentsTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Forec_plus_records_its_options_is_evaluated_and_recommends_also_to_new_users()
    {
        Train("forec+", "--source", "uk", "--average-seeds", "2", "--bag-epochs", "2", "--bag-batch-size", "64", "--bag-learning-rate",
            "0.01", "--bag-l2", "0.001", "--bag-dropout", "0.25", "--factors", "4", "--recency-decay", "0.9", "--recency-floor", "0.2",
            "--neighbours", "20", "--shrink", "1", "--ridge", "50", "--out", tool["blend"]).Done();
        JsonObject result = tool.Json(Path.Combine("blend", "result.json"));
        JsonObject options = result["experiment"]!["options"]!.AsObject();
        (string Name, double Value)[] expected =
        [
            ("average_seeds", 2), ("bag_epochs", 2), ("bag_batch_size", 64), ("bag_learning_rate", 0.01), ("bag_l2", 0.001),
            ("bag_dropout", 0.25), ("bag_dimension", 4), ("recency_decay", 0.9), ("recency_floor", 0.2),
            ("neighbours", 20), ("shrink", 1), ("ridge", 50),
        ];
        string text = options.ToJsonString();
        Assert.All(expected, option => Assert.Contains(FormattableString.Invariant($"\"{option.Name}\":{option.Value}"), text,
            StringComparison.Ordinal));

        ToolRun.Run("evaluate", "--data", tool.Root, "--target", "jp", "--model", tool["blend"], "--quiet", "--json", tool["again.json"])
            .Done();
        Assert.Equal((double)result["test"]!["ndcg@10"]!, (double)tool.Json("again.json")["ndcg@10"]!);

        string[] items = [.. File.ReadLines(tool["jp_5core.txt"]).Skip(1).Select(line => line.Split(' ')[1]).Distinct().Take(3)];
        string list = Recommended(string.Join(',', items)), reversed = Recommended(string.Join(',', items.Reverse()));
        Assert.Equal(6, list.TrimEnd('\n').Split('\n').Length);
        Assert.All(items, item => Assert.DoesNotContain(item, list.Split(['\t', '\n', ' ']), StringComparer.Ordinal));
        Assert.NotEmpty(reversed);
        Assert.NotEqual(list, Recommended(items[0]));

        string Recommended(string ids) =>
            ToolRun.Run("recommend", "--model", tool["blend"], "--items", ids, "--top", "5", "--quiet").Done().Output;
    }

    [Fact]
    public void Forec_plus_trains_on_all_rows_of_a_target_alone()
    {
        Train("forec+", "--hold-out", "none", "--average-seeds", "1", "--bag-epochs", "1", "--factors", "2", "--out", tool["all"]).Done();
        string item = File.ReadLines(tool["jp_5core.txt"]).Skip(1).First().Split(' ')[1];
        ToolRun.Run("recommend", "--model", tool["all"], "--items", item, "--top", "2", "--quiet").Done();
    }

    [Theory]
    [InlineData("ease++", "--recency-decay: expects a number above 0, at most 1, got 1.5", "--recency-decay", "1.5")]
    [InlineData("ease++", "--recency-floor: ", "--recency-floor", "-0.1")]
    [InlineData("itemknn", "--neighbours: ", "--neighbours", "0")]
    [InlineData("itemknn", "--shrink: ", "--shrink", "-1")]
    [InlineData("ials", "--ridge: ", "--ridge", "0")]
    [InlineData("ials", "--factors: ", "--factors", "0")]
    [InlineData("forec+", "--average-seeds: ", "--average-seeds", "101")]
    [InlineData("item-bag", "--bag-epochs: ", "--bag-epochs", "-1")]
    [InlineData("item-bag", "--bag-batch-size: ", "--bag-batch-size", "0")]
    [InlineData("item-bag", "--bag-learning-rate: ", "--bag-learning-rate", "0")]
    [InlineData("item-bag", "--bag-l2: ", "--bag-l2", "x")]
    [InlineData("item-bag", "--bag-dropout: ", "--bag-dropout", "1")]
    [InlineData("itemknn", "--ridge has no effect with itemknn; it is for ease, ", "--ridge", "3")]
    [InlineData("ease", "--neighbours has no effect with ease; it is for itemknn, ", "--neighbours", "3")]
    [InlineData("rp3beta", "--shrink has no effect with rp3beta; it is for itemknn, ", "--shrink", "3")]
    [InlineData("pop", "--average-seeds has no effect with pop; it is for gmf, mlp, ", "--average-seeds", "3")]
    [InlineData("ials", "--bag-epochs has no effect with ials; it is for item-bag, ", "--bag-epochs", "3")]
    [InlineData("pop", "--recency-decay has no effect with pop; it is for itemknn, ", "--recency-decay", "0.5")]
    public void Options_that_are_invalid_or_have_no_effect_are_refused(string method, string message, params string[] options) =>
        Train(method, options).Failed(2, message);

    private Said Train(string method, params string[] more) => ToolRun.Run(
        ["train", "--data", tool.Root, "--target", "jp", "--method", method, "--threads", "1", "--quiet", .. more]);
}
