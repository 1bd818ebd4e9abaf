// Protocols by name: a preset implies one, --protocol overrides it, and single options override both. All verbs follow the record.

using System.Text.Json.Nodes;
using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class NamedProtocolTests(ToolRun tool) : IClassFixture<ToolRun>
{
    // The parts of a record: hold_out, minimum_rows, order, candidates_from, history, negatives_exclude, redraw_negatives, protocol.
    // A default that is not written is -.
    [Theory]
    [InlineData("last_positives 1 - - - training true -")]
    [InlineData("last_positives 7 - - - training true paper", "--protocol", "paper")]
    [InlineData("last_positives 7 - - - training true -", "--protocol", "paper", "--preset", "paper")]
    [InlineData("last_rows 7 - - - all false authors-code", "--protocol", "authors-code")]
    [InlineData("last_rows 7 - - - all true ecir23", "--protocol", "ecir23", "--preset", "authors-code")]
    [InlineData("last_positives 1 - all train+valid training true deploy", "--protocol", "deploy", "--preset", "authors-code")]
    [InlineData("last_positives 2 - sampled - training false deploy", "--protocol", "deploy", "--candidates-from", "sampled",
        "--history", "train", "--minimum-rows", "2", "--redraw-negatives", "off")]
    [InlineData("last_rows 7 random - - training true -", "--preset", "authors-code", "--hold-out", "last-rows", "--order", "random",
        "--negatives-exclude", "training", "--redraw-negatives", "on")]
    public void Options_override_the_protocol_which_overrides_that_of_the_preset(string parts, params string[] options)
    {
        tool.Train(["--method", "gmf", "--json", tool["parts.json"], .. options]).Done();
        JsonObject record = tool.Json("parts.json")["experiment"]!.AsObject();
        string[] values = parts.Split(' ');
        string[] names = ["hold_out", "minimum_rows", "order", "candidates_from", "history"];
        Assert.Equal([.. values[..5], values[7]], [.. names.Select(Part), Part("protocol")]);
        Assert.Equal([values[5], values[6]],
            ((string[])["negatives_exclude", "redraw_negatives"]).Select(name => $"{record["options"]![name]}"));

        string Part(string name) => record[name]?.ToString() ?? "-";
    }

    [Theory]
    [InlineData("--protocol: 'best' is not one of paper, authors-code, ecir23, acmr, deploy", "--protocol", "best")]
    [InlineData("--history: 'valid' is not one of train, train+valid", "--history", "valid")]
    [InlineData("--split-seed has no effect with --order time", "--split-seed", "1")]
    [InlineData("--order has no effect with --hold-out none", "--order", "random", "--hold-out", "none")]
    [InlineData("--source: the candidates are items of all markets", "--protocol", "acmr")]
    [InlineData("--source-rows has no effect with gmf", "--source-rows", "all")]
    [InlineData("--source has no effect with gmf", "--source", "uk")]
    [InlineData("--source has no effect with gmf", "--source", "auto", "--candidate-pool", "all-markets")]
    [InlineData("--candidate-pool has no effect with --candidates", "--candidate-pool", "market", "--candidates", "c", "--qrels", "q")]
    public void Options_without_effect_or_with_unknown_values_are_refused(string problem, params string[] options) =>
        tool.Train(["--method", "gmf", .. options]).Failed(2, problem);

    // The runs train, evaluate and repeat with the same figures. ToolRun's markets are small: in has 20 items in common with jp.
    [Theory]
    [InlineData("pop", "acmr")]
    [InlineData("itemknn", "deploy")]
    [InlineData("nmf++", "acmr")]
    [InlineData("gmf", "deploy")]
    [InlineData("maml", "deploy")]
    public void Train_evaluate_and_run_follow_the_protocol_of_the_record(string method, string protocol)
    {
        string run = Path.Combine("follow", method, protocol), again = Path.Combine("again", method, protocol);
        bool pooled = protocol == "acmr";
        string[] sources = pooled || method is "nmf++" or "maml" ? ["--source", "in,uk"] : [];
        string[] epochs = method is "pop" or "itemknn" ? [] : ["--epochs", "1"];
        Said said = ToolRun.Run(
        [
            "train", "--data", tool.Root, "--target", "jp", "--method", method, .. epochs, "--threads", "1", "--protocol", protocol,
            .. sources, "--out", tool[run], "--quiet",
        ]).Done();
        Assert.Contains($", preset tuned, protocol {protocol}, seed", said.Output, StringComparison.Ordinal);
        JsonObject result = tool.Json(Path.Combine(run, "result.json"));
        foreach (string split in (string[])["valid", "test"])
        {
            Evaluate("--split", split).Done();
            Assert.Equal((double)result[split]!["ndcg@10"]!, (double)tool.Json("evaluated.json")["ndcg@10"]!);
        }

        if (pooled)
        {
            Failed("not all are named; in, uk must be a source too",
                ToolRun.Run("evaluate", "--data", tool.Root, "--target", "jp", "--model", tool[run], "--quiet"));
            Evaluate("--candidate-pool", "market").Done();
            Assert.NotEqual((double)result["test"]!["ndcg@10"]!, (double)tool.Json("evaluated.json")["ndcg@10"]!);
        }

        ToolRun.Run("run", tool[Path.Combine(run, "result.json")], "--data", tool.Root, "--out", tool[again], "--quiet").Done();
        JsonObject repeated = tool.Json(Path.Combine(again, "result.json"));
        Assert.True(JsonNode.DeepEquals(result["experiment"], repeated["experiment"]));
        Assert.True(JsonNode.DeepEquals(result["test"], repeated["test"]));

        Said Evaluate(params string[] more) => ToolRun.Run(
        [
            "evaluate", "--data", tool.Root, "--target", "jp", .. sources, "--model", tool[run], "--quiet",
            "--json", tool["evaluated.json"], .. more,
        ]);
    }

    [Fact]
    public void A_fork_of_a_joint_model_follows_the_protocol_of_the_model()
    {
        string[] common = ["--source", "in,uk", "--protocol", "acmr", "--history", "train+valid", "--preset", "paper"];
        tool.Train(["--method", "nmf++", "--out", tool["joint"], .. common]).Done();
        tool.Train(["--method", "nmf-forec", "--json", tool["fork.json"], .. common]).Done();
        ToolRun.Run("adapt", "--data", tool.Root, "--target", "jp", "--source", "in,uk", "--model", tool["joint"], "--json",
            tool["adapted.json"], "--threads", "1", "--quiet").Done();
        JsonObject fork = tool.Json("fork.json"), adapted = tool.Json("adapted.json");
        Assert.True(JsonNode.DeepEquals(fork["experiment"], adapted["experiment"]), $"{fork["experiment"]} {adapted["experiment"]}");
        Assert.Equal((double)fork["test"]!["ndcg@10"]!, (double)adapted["test"]!["ndcg@10"]!);
    }

    [Fact]
    public void A_note_says_if_the_held_out_rows_of_a_source_were_trained_on()
    {
        const string Note = "all its rows were trained on as a source, held-out ones too";
        foreach (string rows in (string[])["all", "split"])
        {
            string run = $"source-{rows}";
            tool.Train("--method", "nmf++", "--source", "uk", "--source-rows", rows, "--out", tool[run]).Done();
            Assert.Equal(rows == "all", Evaluate("uk").Contains(Note, StringComparison.Ordinal));
            Assert.DoesNotContain(Note, Evaluate("jp"), StringComparison.Ordinal);

            string Evaluate(string market) =>
                ToolRun.Run("evaluate", "--data", tool.Root, "--target", market, "--model", tool[run]).Done().Error;
        }
    }

    // The seed of training does not change the split; the seed of the split does.
    [Fact]
    public void Runs_with_several_seeds_hold_out_the_same_rows()
    {
        string[] first = HeldOut("a", "--seed", "1");
        Assert.Equal(first, HeldOut("b", "--seed", "2"));
        Assert.NotEqual(first, HeldOut("c", "--split-seed", "2"));

        string[] HeldOut(string run, params string[] more)
        {
            tool.Train(["--method", "gmf", "--order", "random", "--trec", "--out", tool[run], .. more]).Done();
            return File.ReadAllLines(tool[Path.Combine(run, "test.qrels")]);
        }
    }

    [Fact]
    public void Recommend_scores_customers_by_all_their_items_if_the_protocol_knows_more_than_the_training_rows()
    {
        string user = File.ReadLines(tool["jp_5core.txt"]).Skip(1).First().Split(' ')[0];
        IEnumerable<string[]> rows = File.ReadLines(tool["jp_5core.txt"]).Skip(1).Select(line => line.Split(' '));
        string items = string.Join(',', rows.Where(row => row[0] == user && !row[2].StartsWith('0'))
            .OrderBy(row => row[3], StringComparer.Ordinal).Select(row => row[1]));
        string[] trained = List("train"), more = List("train+valid");
        Assert.Equal(more, List("train+valid", "--items", items));
        Assert.NotEqual(trained, more);

        // Without the scores: the order in which a history is summed changes their last bits.
        string[] List(string history, params string[] who)
        {
            ToolRun.Run("train", "--data", tool.Root, "--target", "jp", "--method", "itemknn", "--history", history, "--out",
                tool["lists"], "--force", "--quiet").Done();
            string[] asked = who is [] ? ["--user", user] : who;
            string output = ToolRun.Run(["recommend", "--model", tool["lists"], .. asked, "--quiet"]).Done().Output;
            return [.. output.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')[2])];
        }
    }

    // Popularity on XMarket by other programs, with other draws; the standard deviation over draws of the split is 0.01.
    [Theory]
    [InlineData("acmr", 0.434, 0.571, 0.590, 0.752, 0.620, 0.748, 0.568)]
    [InlineData("paper --order random", 0.381, 0.370, 0.346, 0.484, 0.284, 0.585, 0.440)]
    [InlineData("paper", 0.315, 0.264, 0.242, 0.442, 0.202, 0.520, 0.348)]
    public void Popularity_on_XMarket_is_that_of_other_programs(string protocol, params double[] expected)
    {
        string xmarket = RepositoryFiles.At("..", "shared", "data", "xmarket");
        if (!Directory.Exists(xmarket))
            Assert.Skip($"{xmarket} is not here");
        string[] markets = ["ca", "de", "fr", "in", "jp", "mx", "uk"];
        foreach ((string market, double ndcg) in markets.Zip(expected))
        {
            string[] sources = protocol == "acmr" ? ["--source", string.Join(',', markets.Except([market]))] : [];
            ToolRun.Run(
            [
                "train", "--data", xmarket, "--target", market, "--method", "pop", .. sources, "--protocol", .. protocol.Split(' '),
                "--json", tool["pop.json"], "--quiet",
            ]).Done();
            Assert.InRange((double)tool.Json("pop.json")["test"]!["ndcg@10"]!, ndcg - 0.025, ndcg + 0.025);
        }
    }

    private static void Failed(string problem, Said said) => said.Failed(1, problem);
}
