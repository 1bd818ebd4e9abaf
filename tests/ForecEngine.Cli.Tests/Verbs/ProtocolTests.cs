// The evaluation protocol on the command line: unusual markets and candidates, for which a metric would have another meaning or none.

using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class ProtocolTests(ToolRun tool) : IClassFixture<ToolRun>
{
    private static string Inter(IEnumerable<(string User, string Item, double Rating, int Time)> rows) => string.Concat(rows
        .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.User}\t{row.Item}\t{row.Rating}\t{row.Time}\n"))
        .Prepend("user_id:token\titem_id:token\trating:float\ttimestamp:float\n"));

    // For each number, a user with that many rows.
    private static string Users(params int[] rows) =>
        Inter(rows.SelectMany((count, user) => Enumerable.Range(0, count).Select(i => ($"u{user}", $"i{user + i}", 5.0, i))));

    [Fact]
    public void Users_with_few_rows_are_trained_on_and_a_note_gives_their_number_and_the_option()
    {
        string[] line = Line(Users([.. Enumerable.Range(0, 30).Select(user => user < 3 ? 9 : 3)]), "--out", tool["short"]);
        Said said = ToolRun.Run(line).Done();
        Assert.Contains("note: x: 27 of 30 users have fewer than 7 rows; they are trained on but not evaluated (--evaluate-from 7)\n",
            said.Error, StringComparison.Ordinal);
        JsonObject result = tool.Json(Path.Combine("short", "result.json"));
        Assert.Equal(3, (int?)result["test"]?["users"]);
        Assert.Equal(("users_not_evaluated", 27, 30),
            ((string?)result["notes"]?[0]?["kind"], (int?)result["notes"]?[0]?["count"], (int?)result["notes"]?[0]?["of"]));
        Assert.Equal(
            30, File.ReadLines(tool[Path.Combine("short", "model.ids.tsv")]).Count(id => id.StartsWith("user", StringComparison.Ordinal)));

        said = ToolRun.Run([.. line[..^1], tool["paper"], "--preset", "paper"]).Done();
        Assert.Contains("note: x: 27 of 30 users have fewer than 7 rows; they are left out (--minimum-rows 7)\n", said.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no user has 7 rows or more", "--evaluate-from 7")]
    [InlineData("nothing is held out", "--hold-out none", "--hold-out", "none")]
    public void If_no_user_can_be_evaluated_training_succeeds_and_a_note_says_why(string reason, string option, params string[] more)
    {
        string run = Path.Combine("whole", $"{more.Length}");
        string[] line = [.. Line(Users(more.Length > 0 ? [9, 9, 3] : [3, 3, 3]), "--out", tool[run]), .. more];
        Said said = ToolRun.Run(line).Done();
        Assert.Contains($"note: x: {reason}", said.Error, StringComparison.Ordinal);
        Assert.Contains($"({option})", said.Error, StringComparison.Ordinal);
        Assert.Contains($"no metrics: {reason}", said.Output, StringComparison.Ordinal);
        JsonObject result = tool.Json(Path.Combine(run, "result.json"));
        Assert.StartsWith(reason, (string?)result["not_evaluated"], StringComparison.Ordinal);
        Assert.Null(result["test"]);

        Failed(ToolRun.Run([.. line[..^(1 + more.Length)], tool["none"], .. more, "--trec", "--quiet"]),
            "--trec: there is no ranking to write", reason);
        string[] evaluate =
            ["evaluate", "--target", $"x={tool["x.inter"]}", "--model", tool[Path.Combine(run, "model.safetensors")]];
        foreach (string split in (string[])["test", "valid"])
            Failed(ToolRun.Run([.. evaluate, "--split", split, "--quiet"]), reason);
    }

    [Fact]
    public void A_market_where_every_user_has_every_item_is_refused() =>
        Failed(ToolRun.Run([.. Line(Inter(Enumerable.Range(0, 24).Select(i => ($"u{i / 8}", $"i{i % 8}", 5.0, i)))), "--quiet"]),
            "every user has every item");

    [Fact]
    public void A_last_row_that_is_not_a_positive_is_held_out_only_with_the_preset_authors_code()
    {
        string[] line = Line(Inter(Enumerable.Range(0, 24).Select(i => ($"u{i / 8}", $"i{i}", i % 8 == 7 ? 0.5 : 5.0, i))), "--trec",
            "--out", tool["last"]);
        ToolRun.Run(line).Done();
        Assert.Equal("u0 0 i6 1\nu1 0 i14 1\nu2 0 i22 1\n", File.ReadAllText(tool[Path.Combine("last", "test.qrels")]));
        ToolRun.Run([.. line[..^1], tool["released"], "--preset", "authors-code"]).Done();
        Assert.Equal("u0 0 i7 0\nu1 0 i15 0\nu2 0 i23 0\n", File.ReadAllText(tool[Path.Combine("released", "test.qrels")]));
    }

    // With given candidates, training would use all rows. This model was trained without them, so its held-out rows are not training rows.
    [Fact]
    public void Given_candidates_that_are_held_out_items_do_not_count_as_training_items()
    {
        string[] line = Line(Users(9, 9, 9), "--out", tool["split"]);
        ToolRun.Run(line).Done();
        File.WriteAllText(tool["candidates.tsv"], "u0\ti8,i9\n");
        File.WriteAllText(tool["qrels.tsv"], "u0 0 i8 1\n");
        Said said = ToolRun.Run(
            "evaluate", "--target", $"x={tool["x.inter"]}", "--model", tool[Path.Combine("split", "model.safetensors")],
            "--candidates", tool["candidates.tsv"], "--qrels", tool["qrels.tsv"]).Done();
        Assert.DoesNotContain("training rows", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("u\td, c\n", "u\tc\t1\n", "candidates.tsv:1: the id ' c' begins or ends with a space")]
    [InlineData("user\titems\nu\td,c\n", "u\tc\t1\n", "candidates.tsv:1: this is a header")]
    [InlineData("u\ta,b,c,d\n", "u\tc\t0.5\n", "qrels.tsv:2: the grade '0.5' is not a whole number")]
    [InlineData("u\ta,b,c,d\n", "u\tc\t-1\n", "qrels.tsv: all grades of user u are negative")]
    [InlineData("U\ta,b,c,d\n", "U\tc\t1\n", "knows none of the candidates' 1 users ('U'; the model knows 'u')")]
    public void Ambiguous_candidates_and_judgements_are_refused(string candidates, string qrels, string problem) =>
        Failed(ToolRun.Run(Given(candidates, $"userId\titemId\trating\n{qrels}", "--quiet")), problem);

    [Fact]
    public void Unknown_items_are_counted_and_ranked_last_in_the_TREC_file_too()
    {
        Said said = ToolRun.Run(Given("u\tC,d,c\nv\tb,c\n", "u 0 c 1\nv 0 c 1\n", "--trec", "--out", tool["cold"])).Done();
        Assert.Contains("note: x: 1 of the candidates' 4 items are unknown to the model ('C'; the model knows 'c'); they are ranked last, "
            + "or by closed-form methods with the score 0\n",
            said.Error, StringComparison.Ordinal);
        Assert.Contains("note: x: 1 of 2 relevant items are among their user's training rows\n", said.Error, StringComparison.Ordinal);
        Assert.StartsWith("u Q0 C 3 -3.4028235E+38 ", File.ReadLines(tool[Path.Combine("cold", "test.run")]).ElementAt(2),
            StringComparison.Ordinal);
        Assert.DoesNotContain("item\tC", File.ReadLines(tool[Path.Combine("cold", "model.ids.tsv")]));

        // The tool reads its own judgement file, and all metrics can be requested.
        said = ToolRun.Run(
            "evaluate", "--target", $"x={tool["x.inter"]}", "--model", tool[Path.Combine("cold", "model.safetensors")],
            "--candidates", tool["candidates.tsv"],
            "--qrels", tool[Path.Combine("cold", "test.qrels")], "--metrics", "recall@10,precision@2,map@10,hr@1", "--quiet").Done();
        Assert.Contains("| candidates | given      |     2 |", said.Output, StringComparison.Ordinal);
        Assert.Contains("recall@10", said.Output, StringComparison.Ordinal);
    }

    private string[] Given(string candidates, string qrels, params string[] more)
    {
        File.WriteAllText(tool["candidates.tsv"], candidates);
        File.WriteAllText(tool["qrels.tsv"], qrels);
        return [.. Line("userId\titemId\trating\nu\ta\t5\nu\tb\t5\nv\tc\t5\nv\td\t5\nv\ta\t5\n"), "--candidates", tool["candidates.tsv"],
            "--qrels", tool["qrels.tsv"], .. more];
    }

    [Fact]
    public void A_fraction_of_the_training_rows_changes_the_model_but_neither_the_users_nor_the_candidates()
    {
        string fraction = tool["fraction"], result = Path.Combine(fraction, "result.json");
        tool.Train("--method", "gmf", "--save-candidates", "--out", tool["all-rows"]).Done();
        Said said = ToolRun.Run("train", "--data", tool.Root, "--target", "jp", "--method", "gmf", "--epochs", "1", "--threads", "1",
            "--training-fraction", "0.1", "--save-candidates", "--out", fraction).Done();
        Assert.Matches("note: jp: [0-9]+ of [0-9]+ users have no training row left; they keep a row in the model and are evaluated as "
            + "before \\(--training-fraction 0.1\\)", said.Error);
        foreach (string file in (string[])["test.candidates.tsv", "test.qrels.tsv", "valid.candidates.tsv"])
            Assert.Equal(File.ReadAllBytes(tool[Path.Combine("all-rows", file)]), File.ReadAllBytes(Path.Combine(fraction, file)));
        JsonObject part = tool.Json(result);
        Assert.Equal((0.1, 42), ((double?)part["experiment"]!["training_fraction"], (int?)part["experiment"]!["split_seed"]));
        Assert.NotEqual((double?)tool.Json(Path.Combine("all-rows", "result.json"))["test"]!["mrr"], (double?)part["test"]!["mrr"]);

        // evaluate and run read the fraction from the record.
        ToolRun.Run("evaluate", "--data", tool.Root, "--target", "jp", "--model", fraction, "--json", tool["fraction.json"]).Done();
        Assert.True(JsonNode.DeepEquals(part["test"]!["mrr"], tool.Json("fraction.json")["mrr"]));
        ToolRun.Run("run", result, "--data", tool.Root, "--quiet", "--out", tool["repeated"]).Done();
        Assert.Equal(File.ReadAllBytes(Path.Combine(fraction, "model.safetensors")),
            File.ReadAllBytes(tool[Path.Combine("repeated", "model.safetensors")]));
        tool.Train("--method", "gmf", "--training-fraction", "0").Failed(2, "--training-fraction: expects a number above 0 and at most 1");
    }

    private string[] Line(string market, params string[] more)
    {
        File.WriteAllText(tool["x.inter"], market);
        return ["train", "--target", $"x={tool["x.inter"]}", "--method", "gmf", "--epochs", "1", "--threads", "1", .. more];
    }

    private static void Failed(Said said, params string[] parts) => said.Failed(1, parts);
}
