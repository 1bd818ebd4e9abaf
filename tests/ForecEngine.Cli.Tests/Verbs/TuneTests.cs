// forec tune on small synthetic markets: what it writes, what it refuses, and that nothing but the space, the seed and the data matters.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class TuneTests(ToolRun tool) : IClassFixture<ToolRun>
{
    private const string Space = """
        {
          "methods": ["gmf"], "targets": ["jp"], "seeds": [1], "options": {"batch-size": 256, "evaluate-from": 5},
          "space": {"learning-rate": {"log": [0.001, 0.1]}, "embedding-dim": {"choice": [4, 8]}},
          "successive-halving": {"eta": 2, "resource": "epochs", "rungs": [1, 2]}
        }
        """;

    [Fact]
    public void The_preset_found_is_that_of_the_best_trial_and_train_uses_it()
    {
        Said said = Tune(Space, "found", "--trials", "3", "--search", "successive-halving", "--json", tool["found.json"]).Done();
        JsonObject preset = tool.Json(Path.Combine("found", "preset.json"));
        Assert.True(JsonNode.DeepEquals(preset, tool.Json("found.json")));
        JsonNode found = preset["found"]!, best = found["ranking"]![0]!;
        Assert.Equal(("forec.preset/1", "space", "tuned", 3, 42),
            ((string?)preset["schema"], (string?)preset["name"], (string?)preset["base"], (int?)found["trials"], (int?)found["seed"]));
        Assert.Equal([2, 1, 1], found["ranking"]!.AsArray().Select(trial => trial!["scores"]!.AsArray().Count));
        Assert.Equal((2, 256), ((int?)preset["settings"]!["epochs"], (int?)preset["settings"]!["batch_size"]));
        Assert.Equal((string?)best["options"]!["embedding-dim"], $"{preset["settings"]!["dimension"]}");
        Assert.Contains($"trial {found["trial"]} of 3, valid ndcg@10 ", said.Output, StringComparison.Ordinal);
        Assert.Contains("| trial | valid ndcg@10 | rungs | learning-rate | embedding-dim |", said.Output, StringComparison.Ordinal);

        // The score is what train finds on validation with the preset, and the record says where the settings are from.
        tool.Train("--method", "gmf", "--preset", tool[Path.Combine("found", "preset.json")], "--epochs", "2", "--seed", "1",
            "--evaluate-from", "5", "--out", tool["with"]).Done();
        JsonObject result = tool.Json(Path.Combine("with", "result.json"));
        Assert.Equal((double?)found["score"], (double?)result["valid"]!["ndcg@10"]);
        Assert.Matches("^space@[0-9a-f]{12}$", (string?)result["experiment"]!["preset_file"]);
        Assert.Equal(((string?)result["experiment"]!["preset_file"], "tuned"),
            ((string?)result["preset"], (string?)result["experiment"]!["preset"]));
        Assert.True(JsonNode.DeepEquals(preset["settings"], result["experiment"]!["options"]));
        ToolRun.Run("run", tool[Path.Combine("with", "result.json")], "--data", tool.Root, "--out", tool["again"], "--quiet").Done();
        Assert.True(JsonNode.DeepEquals(result["experiment"], tool.Json(Path.Combine("again", "result.json"))["experiment"]));
    }

    [Fact]
    public void Neither_the_number_of_jobs_nor_an_earlier_search_changes_the_preset_and_no_trial_runs_twice()
    {
        Tune(Space, "one", "--trials", "4", "--jobs", "1").Done();
        Tune(Space, "more", "--trials", "4", "--jobs", "4").Done();
        byte[] preset = Preset("one");
        Assert.Equal(preset, Preset("more"));
        string[] trials = Directory.GetFiles(tool["one"], "result.json", SearchOption.AllDirectories);
        DateTime[] written = [.. trials.Select(File.GetLastWriteTimeUtc)];
        Assert.Equal(4, trials.Length);
        Assert.Empty(Directory.GetDirectories(tool["one"], "stages", SearchOption.AllDirectories));
        Tune(Space, "one", "--trials", "4", "--resume").Done();
        Assert.Equal(preset, Preset("one"));
        Assert.Equal(written, trials.Select(File.GetLastWriteTimeUtc));

        Tune(Space, "one", "--trials", "5").Failed(1, "--out: ", "has another search (trials: 4 there, 5 here); --force replaces it");
        Assert.Equal(preset, Preset("one"));
        ToolRun.Run(Line(Space, "one", "--trials", "5", "--force")).Done();
        Assert.Equal(5, Directory.GetFiles(tool["one"], "result.json", SearchOption.AllDirectories).Length);
        Assert.Equal(written, trials.Select(File.GetLastWriteTimeUtc));
    }

    [Fact]
    public void No_trial_ranks_test_rows()
    {
        Tune(Space, "valid", "--trials", "1").Done();
        string result = Assert.Single(Directory.GetFiles(tool["valid"], "result.json", SearchOption.AllDirectories));
        JsonObject json = JsonNode.Parse(File.ReadAllText(result))!.AsObject();
        Assert.Equal(["schema", "run", "valid"], json.Select(entry => entry.Key));
    }

    [Fact]
    public void An_option_that_depends_on_the_value_of_another_is_left_out_where_it_has_no_effect()
    {
        Tune("""
            {
              "methods": ["gmf"], "targets": ["jp"], "options": {"epochs": 1},
              "space": {"schedule": {"choice": ["constant", "linear"]}, "decay-start": {"uniform": [0.2, 0.8]}}
            }
            """, "schedules", "--trials", "5").Done();
        string[] lines = [.. Directory.GetFiles(tool["schedules"], "result.json", SearchOption.AllDirectories).Select(file =>
            string.Join(' ', JsonNode.Parse(File.ReadAllText(file))!["run"]!["arguments"]!.AsArray()))];
        Assert.Single(lines, line => line.Contains("constant", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Equal(line.Contains(" linear", StringComparison.Ordinal),
            line.Contains(" --decay-start ", StringComparison.Ordinal)));
        tool.Train("--method", "gmf", "--preset", tool[Path.Combine("schedules", "preset.json")]).Done();
    }

    [Fact]
    public void The_protocol_is_that_of_the_options_and_sources_can_be_candidates_of_any_method()
    {
        Tune("""
            {
              "methods": ["gmf"], "targets": ["jp"], "sources": ["in", "jp"], "options": {"epochs": 1, "protocol": "acmr"},
              "space": {"l2": {"log": [1e-7, 1e-3]}}
            }
            """, "acmr", "--trials", "1").Done();
        string file = Assert.Single(Directory.GetFiles(tool["acmr"], "result.json", SearchOption.AllDirectories));
        JsonNode run = JsonNode.Parse(File.ReadAllText(file))!["run"]!;
        Assert.StartsWith("--method gmf --target jp --source in --seed 42 ", string.Join(' ', run["arguments"]!.AsArray()),
            StringComparison.Ordinal);
        Assert.Equal(["in", "jp"], run["data"]!.AsObject().Select(market => market.Key));
    }

    [Fact]
    public void A_method_gets_only_the_options_that_have_an_effect_on_it()
    {
        Tune("""
            {
              "methods": ["gmf", "mlp"], "targets": ["jp"], "options": {"epochs": 1, "embedding-dim": 8},
              "space": {"layers": {"choice": [[16, 8], [16, 4]]}}
            }
            """, "methods", "--trials", "1").Done();
        string[] lines = [.. Directory.GetFiles(tool["methods"], "result.json", SearchOption.AllDirectories).Select(file =>
            string.Join(' ', JsonNode.Parse(File.ReadAllText(file))!["run"]!["arguments"]!.AsArray())).Order(StringComparer.Ordinal)];
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("--method gmf ", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("--layers", lines[0], StringComparison.Ordinal);
        Assert.Contains(" --layers 16,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_that_diverges_is_recorded_as_failed_and_is_the_worst()
    {
        string space = Space.Replace("[0.001, 0.1]}", "[0.001, 1e30]}", StringComparison.Ordinal);
        Said said = Tune(space, "diverged", "--trials", "4").Done();
        JsonArray ranking = tool.Json(Path.Combine("diverged", "preset.json"))["found"]!["ranking"]!.AsArray();
        Assert.Contains("not finite at step", (string?)ranking[^1]!["failed"], StringComparison.Ordinal);
        Assert.DoesNotContain("checkpoint", (string?)ranking[^1]!["failed"], StringComparison.Ordinal);
        Assert.Null(ranking[0]!["failed"]);
        Assert.Contains("failed", said.Output, StringComparison.Ordinal);

        string none = Space.Replace("{\"log\": [0.001, 0.1]}", "{\"choice\": [1e30]}", StringComparison.Ordinal);
        Tune(none, "none", "--trials", "2").Failed(1, "all 2 trials failed; trial 1: gmf: ", "not finite at step");
        Assert.False(File.Exists(tool[Path.Combine("none", "preset.json")]));
    }

    [Theory]
    [InlineData("\"jp\"", "\"jpp\"", 1, "no market 'jpp'; did you mean 'jp'?")]
    [InlineData("\"gmf\"", "\"gmf++\"", 1, "space.json: sources: gmf++ for jp uses the rows of other markets too; name one at least")]
    [InlineData("\"embedding-dim\": {\"choice\": [4, 8]}", "\"layers\": {\"choice\": [[256, 8]]}", 1,
        "space.json: --layers has no effect with gmf; it is for mlp, ")]
    [InlineData("[4, 8]", "[0]", 1, "space.json: trial 1: --embedding-dim: 0 is not between 1 and 4096")]
    [InlineData("\"evaluate-from\": 5", "\"evaluate-from\": 5000", 1, "gmf for jp, seed 1: jp: no validation row is held out")]
    [InlineData("\"methods\"", "\"method\"", 1, "space.json: unknown key 'method'; did you mean 'methods'?")]
    public void A_search_that_cannot_work_stops_with_one_line_and_no_preset(
        string part, string instead, int status, params string[] problem)
    {
        Assert.Contains(part, Space, StringComparison.Ordinal);
        Tune(Space.Replace(part, instead, StringComparison.Ordinal), "refused", "--trials", "2").Failed(status, problem);
        Assert.False(File.Exists(tool[Path.Combine("refused", "preset.json")]));
    }

    [Theory]
    [InlineData("--trials 0", 2, "--trials: 0 is not between 1 and 100000")]
    [InlineData("--jobs 0", 2, "--jobs: 0 is not between 1 and 1024")]
    [InlineData("--search grid", 2, "--search: 'grid' is not one of random, successive-halving")]
    [InlineData("--device nonsense", 2, "--device: 'nonsense' is not one of")]
    [InlineData("--space none.json", 1, "none.json: no such file")]
    public void A_wrong_option_is_refused_and_leaves_nothing(string options, int status, string problem)
    {
        File.WriteAllText(tool["space.json"], Space);
        string[] space = options.Contains("--space", StringComparison.Ordinal) ? [] : [tool["space.json"]];
        ToolRun.Run(["tune", .. space, "--data", tool.Root, "--out", tool["nothing"], "--quiet", .. options.Split(' ')])
            .Failed(status, problem);
        Assert.False(Directory.Exists(tool["nothing"]));
    }

    [Fact]
    public void Progress_has_a_line_for_each_trial()
    {
        Said said = ToolRun.Run([.. Line(Space, "progress", "--trials", "2").Where(word => word != "--quiet")]).Done();
        Assert.Matches("(?m)^trials: trial 1: valid ndcg@10 0\\.\\d{4}, --learning-rate \\S+ --embedding-dim [48]$", said.Error);
        Assert.Matches("(?m)^trials: trial 2: ", said.Error);
        Assert.Matches("(?m)^trials \\(1 of 1\\): done, ", said.Error);
    }

    private Said Tune(string space, string name, params string[] more) => ToolRun.Run(Line(space, name, more));

    private string[] Line(string space, string name, params string[] more)
    {
        File.WriteAllText(tool["space.json"], space);
        return ["tune", tool["space.json"], "--data", tool.Root, "--out", tool[name], "--quiet", .. more];
    }

    private byte[] Preset(string name) => File.ReadAllBytes(tool[Path.Combine(name, "preset.json")]);
}
