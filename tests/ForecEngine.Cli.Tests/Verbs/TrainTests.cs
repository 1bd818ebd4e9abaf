// forec train: its files and output, --quiet, and the same bits on any number of threads.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class TrainTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void A_run_writes_its_files_and_prints_one_table()
    {
        Said said =
            tool.Train("--method", "nmf++", "--source", "uk,in", "--out", tool["run"], "--trec", "--json", tool["copy.json"]).Done();
        Assert.Empty(said.Error);
        Assert.Equal(
            ["model.ids.tsv", "model.safetensors", "optimiser.safetensors", "per-user.csv", "result.json", "rows.tsv", "test.qrels",
                "test.run", "valid.qrels", "valid.run"],
            Directory.GetFiles(tool["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        JsonObject result = tool.Json(Path.Combine("run", "result.json"));
        Assert.Equal(("forec.result/1", "nmf++", "tuned", "jp"),
            ((string?)result["schema"], (string?)result["method"], (string?)result["preset"], (string?)result["target"]));
        Assert.Equal(["in", "uk"], result["sources"]!.AsArray().Select(source => (string?)source));
        Assert.Equal(42, (int)result["seed"]!);
        Assert.Equal(["gmf++", "mlp++", "nmf++"], result["stages"]!.AsArray().Select(stage => (string?)stage!["name"]));
        Assert.True((long)result["train"]!["samples"]! > 0);
        Assert.Equal(result.ToJsonString(), tool.Json("copy.json").ToJsonString());
        Assert.Equal(
            ["valid,all items", "test,all items", "valid,99 sampled, as the paper", "test,99 sampled, as the paper"],
            said.Output.Split('\n')[3..^1].Select(line => string.Join(',', line.Split('|')[1..3].Select(cell => cell.Trim()))));
        string row = $"| test  | 99 sampled, as the paper | {result["test"]!["users"],5} |  {(double)result["test"]!["ndcg@10"]!:F4} |";
        Assert.Contains(row, said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_from_narrows_the_table_and_the_result_to_one_kind()
    {
        string[] Run(string kind) => ["--method", "gmf", "--preset", "paper", "--candidates-from", kind, "--json", tool[$"{kind}.json"]];
        Assert.DoesNotContain("sampled", tool.Train(Run("all")).Done().Output, StringComparison.Ordinal);
        Assert.DoesNotContain("all items", tool.Train(Run("sampled")).Done().Output, StringComparison.Ordinal);
        tool.Train(Run("both")).Done();
        JsonObject both = tool.Json("both.json"), all = tool.Json("all.json"), sampled = tool.Json("sampled.json");
        Assert.Equal(both["test"]!.ToJsonString(), sampled["test"]!.ToJsonString());
        Assert.Equal(both["test_all_items"]!.ToJsonString(), all["test"]!.ToJsonString());
        Assert.Equal(all["test_all_items"]!.ToJsonString(), all["test"]!.ToJsonString());
        Assert.Null(sampled["test_all_items"]);
    }

    [Fact]
    public void The_checkpoint_depends_on_the_seed_but_not_on_threads_or_reruns()
    {
        byte[] expected = Checkpoint("1", "42", "one");
        Assert.Equal(expected, Checkpoint("2", "42", "two"));
        Assert.Equal(expected, Checkpoint("2", "42", "again"));
        Assert.Equal(expected, Checkpoint("1", "42", "one", "--force"));
        Assert.NotEqual(expected, Checkpoint("1", "43", "other"));
    }

    [Fact]
    public void A_run_is_replaced_completely_and_only_with_force()
    {
        string[] Run(string seed, params string[] more) => ["--method", "gmf", "--seed", seed, "--out", tool["forced"], .. more];
        tool.Train(Run("1", "--trec")).Done();
        File.WriteAllText(tool[Path.Combine("forced", "notes.txt")], "mine");
        byte[] before = File.ReadAllBytes(tool[Path.Combine("forced", "model.safetensors")]);
        tool.Train(Run("2")).Failed(
            1, ": result.json, model.safetensors, ", " would be replaced; --force does so, --resume continues it");
        tool.Train(Run("2", "--resume")).Failed(1, "holds another run (seed: 1 there, 2 here)", "--force");
        Assert.Equal(before, File.ReadAllBytes(tool[Path.Combine("forced", "model.safetensors")]));
        tool.Train(Run("2", "--force")).Done();
        Assert.NotEqual(before, File.ReadAllBytes(tool[Path.Combine("forced", "model.safetensors")]));
        Assert.False(File.Exists(tool[Path.Combine("forced", "test.run")]));
        Assert.Equal("mine", File.ReadAllText(tool[Path.Combine("forced", "notes.txt")]));
    }

    [Fact]
    public void Resume_without_a_checkpoint_says_so() => Assert.Contains(
        $"--resume: {tool["new"]} has no checkpoint",
        tool.Train("--method", "gmf", "--out", tool["new"], "--resume").Done().Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("result.json", "[]")]
    [InlineData("result.json", "{\"experiment\": 1")]
    [InlineData("result.json", "{\"experiment\": {}}")]
    [InlineData("model.safetensors", null)]
    public void Resume_trains_again_if_a_file_of_a_finished_run_is_missing_or_changed(string name, string? content)
    {
        string run = tool[$"unwhole-{name.Length}-{content?.Length}"], file = Path.Combine(run, name);
        string[] line = ["--method", "gmf", "--out", run];
        tool.Train(line).Done();
        byte[] model = File.ReadAllBytes(Path.Combine(run, "model.safetensors"));
        File.Delete(file);
        if (content is not null)
            File.WriteAllText(file, content);
        Assert.Contains("has neither all files of this run nor checkpoints", tool.Train([.. line, "--resume"]).Done().Error,
            StringComparison.Ordinal);
        Assert.Equal(model, File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
        Assert.Empty(tool.Train([.. line, "--resume"]).Done().Error);
    }

    [Theory]
    [InlineData("\"batch_size\": 0", "is no preset: settings: --batch-size: 0 is not between 1 and")]
    [InlineData("\"fine_tune_epochs\": -1", "is no preset: settings: --fine-tune-epochs: -1 is not between 0 and")]
    [InlineData("\"layers\": [8, 4]", "is no preset: settings: --layers: expects 16")]
    [InlineData("\"batchsize\": 1", "is no preset: settings: unknown setting 'batchsize'")]
    public void A_preset_in_a_file_is_checked_like_options(string setting, string problem)
    {
        string file = tool["preset.json"];
        File.WriteAllText(file, $$"""{"schema": "forec.preset/1", "name": "a", "base": "paper", "settings": { {{setting}} } }""");
        tool.Train("--method", "gmf", "--preset", file).Failed(1, file, problem);
        tool.Train("--method", "gmf", "--preset", tool["none.json"]).Failed(1, tool["none.json"], "no such file");
    }

    [Fact]
    public void Progress_goes_to_standard_error_except_with_quiet()
    {
        string[] line = ["train", "--data", tool.Root, "--target", "jp", "--method", "gmf", "--epochs", "2", "--threads", "1"];
        Said loud = ToolRun.Run(line).Done(), quiet = ToolRun.Run([.. line, "--quiet"]).Done();
        Assert.Contains("gmf (1 of 2): 2 epochs, loss ", loud.Error, StringComparison.Ordinal);
        Assert.Single(loud.Error.Split('\n'), text => text.StartsWith("gmf ", StringComparison.Ordinal));
        Assert.Single(loud.Error.Split('\n'), text => text.StartsWith("ranking (2 of 2): done", StringComparison.Ordinal));
        Assert.Empty(quiet.Error);
        Assert.Equal(loud.Output, quiet.Output);
    }

    [Fact]
    public void Line_ends_a_byte_order_mark_and_gzip_do_not_change_the_result()
    {
        string text = File.ReadAllText(tool["jp_5core.txt"]);
        File.WriteAllText(tool["crlf.txt"], "\uFEFF" + text.ReplaceLineEndings("\r\n"));
        string plain = tool.Train("--method", "gmf").Done().Output;
        Assert.Equal(plain, tool.Train("--method", "gmf", "--target", $"jp={tool["crlf.txt"]}").Done().Output);
    }

    [Fact]
    public void An_id_with_white_space_is_an_error_before_training_with_the_option_trec()
    {
        string rows = File.ReadAllText(tool["jp_5core.txt"]).Replace(' ', '\t');
        File.WriteAllText(tool["spaces.txt"], rows.Replace("\tB", "\tB 0", StringComparison.Ordinal));
        tool.Train("--method", "gmf", "--target", $"jp={tool["spaces.txt"]}", "--trec", "--out", tool["spaces"])
            .Failed(1, "contains white space", "--trec");
        Assert.False(Directory.Exists(tool["spaces"]));
        tool.Train("--method", "gmf", "--target", $"jp={tool["spaces.txt"]}", "--out", tool["spaces"]).Done();
    }

    [Fact]
    public void The_scalar_device_which_compiles_no_program_gives_the_same_bits() =>
        Assert.Equal(Checkpoint("2", "42", "compiled"), Checkpoint("1", "42", "scalar", "--device", "scalar"));

    private byte[] Checkpoint(string threads, string seed, string directory, params string[] more)
    {
        tool.Train(["--method", "nmf++", "--source", "in", "--threads", threads, "--seed", seed, "--out", tool[directory], .. more]).Done();
        return File.ReadAllBytes(tool[Path.Combine(directory, "model.safetensors")]);
    }
}
