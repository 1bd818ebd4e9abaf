// Adaptation on the command line, on small markets: its options, forks of a checkpoint for a market, evaluation as in training, phases
// from a cache and resumed runs.

using System.Text.Json.Nodes;
using ForecEngine.Recommenders.Data;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class AdaptTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("forec-tests-").FullName;

    public AdaptTests()
    {
        foreach (SyntheticMarket market in SyntheticMarket.XMarket(0.02, "in", "jp", "mx"))
        {
            using FileStream file = File.Create(Path.Combine(_directory, market.FileName));
            SyntheticMarkets.Write(market, 1, file);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // The preset is paper, because tuned would choose the checkpoint's epochs by the validation of another market.
    [Theory]
    [InlineData("maml", "forec")]
    [InlineData("nmf++", "nmf-forec")]
    [InlineData("reptile", "reptile-forec")]
    [InlineData("anil", "anil-forec")]
    public void Forking_a_checkpoint_gives_the_same_bits_as_training_the_fork(string parent, string method)
    {
        Done("train", "--method", parent, "--preset", "paper", "--target", "jp", "--source", "in,mx", "--epochs", "2",
            "--out", Place("parent"));
        foreach ((string target, string sources) in ((string, string)[])[("jp", "in,mx"), ("mx", "in,jp")])
        {
            Done("train", "--method", method, "--preset", "paper", "--target", target, "--source", sources, "--epochs", "2",
                "--unfreeze", "2", "--out", Place($"whole-{target}"));
            string model = Place("parent/model.safetensors");
            Done("adapt", "--model", model, "--target", target, "--unfreeze", "2", "--out", Place($"own-{target}"));
            foreach (string file in (string[])["model.safetensors", "model.ids.tsv", "optimiser.safetensors"])
                Assert.Equal(File.ReadAllBytes(Place($"whole-{target}/{file}")), File.ReadAllBytes(Place($"own-{target}/{file}")));
            JsonObject whole = Result($"whole-{target}"), own = Result($"own-{target}");
            foreach (string part in (string[])["method", "target", "sources", "valid", "test", "experiment"])
                Assert.True(JsonNode.DeepEquals(whole[part], own[part]), $"{part}: {whole[part]} and {own[part]}");
            Assert.Equal(method, $"{own["stages"]?.AsArray().Single()?["name"]}");
        }
    }

    [Theory]
    [InlineData("maml", "valid")]
    [InlineData("maml", "valid-held-out")]
    [InlineData("anil", "train")]
    public void Evaluating_a_meta_learned_checkpoint_gives_the_metrics_of_its_training(string method, string adaptOn)
    {
        Done("train", "--method", method, "--target", "jp", "--source", "mx", "--epochs", "2", "--adapt-on", adaptOn,
            "--shots", "20", "--inner-lr", "0.5", "--out", Place("run"));
        foreach (string split in (string[])["valid", "test"])
        {
            Done("evaluate", "--model", Place("run/model.safetensors"), "--target", "jp", "--split", split, "--json", Place("again.json"));
            JsonObject again = Json("again.json");
            foreach ((string name, JsonNode? value) in Result("run")[split]?.AsObject() ?? [])
                Assert.Equal((double?)value, (double?)again[name]);
        }
    }

    [Fact]
    public void Phases_in_a_cache_are_reused_and_listed_as_cached()
    {
        string[] common = ["--target", "jp", "--source", "mx", "--epochs", "2"];
        Done(["train", "--method", "nmf-forec", .. common, "--out", Place("plain")]);
        Done(["train", "--method", "maml", .. common, "--cache", Place("cache")]);
        string[] cached = ["train", "--method", "nmf-forec", .. common, "--cache", Place("cache"), "--out", Place("cached")];
        string said = Done(cached, quiet: false);
        Assert.Contains("nmf++: taken from ", said, StringComparison.Ordinal);
        Assert.Equal([true, true, true, false], Result("cached")["stages"]?.AsArray().Select(stage => (bool?)stage?["cached"] ?? false));
        Assert.Equal(File.ReadAllBytes(Place("plain/model.safetensors")), File.ReadAllBytes(Place("cached/model.safetensors")));
        Assert.False(Directory.Exists(Place("cached/stages")));
    }

    [Fact]
    public void Resuming_a_finished_run_prints_its_result_without_training()
    {
        string[] command =
            ["train", "--method", "forec", "--target", "jp", "--source", "mx", "--epochs", "1", "--out", Place("run"), "--resume"];
        Done(command);
        DateTime written = File.GetLastWriteTimeUtc(Place("run/model.safetensors"));
        Assert.Contains("this run has finished", Done([.. command, "--json", Place("again.json")], quiet: false), StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Place("run/model.safetensors")));
        Assert.True(JsonNode.DeepEquals(Result("run"), Json("again.json")));
        Failed(1, "another run (seed: 42 there, 7 here); --force", [.. command, "--seed", "7"]);
        Assert.True(JsonNode.DeepEquals(Result("run"), Json("again.json")));
        Assert.DoesNotContain("this run has finished", Done([.. command, "--seed", "7", "--force"], quiet: false),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--head: expects 136 (the last of --layers plus --embedding-dim)", "--head", "15,8")]
    [InlineData(2, "--head: expects a whole number, got 'x'", "--head", "x")]
    [InlineData(2, "--head: 136,8 ends with 8", "--head", "136,8", "--keep-output", "true")]
    [InlineData(2, "--unfreeze: 5 is more than the 4 layers", "--unfreeze", "5")]
    [InlineData(2, "--unfreeze: -1 is less than 0", "--unfreeze", "-1")]
    [InlineData(2, "--shots: 0 is not between 1 and 1000000", "--shots", "0")]
    [InlineData(2, "--inner-lr: expects a number of at least 0 that fits in a float, got '-1'", "--inner-lr", "-1")]
    [InlineData(2, "--adapt-on: 'test' is not one of valid, valid-held-out, train", "--adapt-on", "test")]
    [InlineData(2, "--fine-tune-batch-size: 0 is not between 1 and 1048576", "--fine-tune-batch-size", "0")]
    [InlineData(2, "--fine-tune-l2: expects a number of at least 0 that fits in a float, got '-1'", "--fine-tune-l2", "-1")]
    [InlineData(2, "--fine-tune-loss: 'hinge' is not one of bce, mse, bpr, sampled-softmax", "--fine-tune-loss", "hinge")]
    [InlineData(2, "--resume: the checkpoints are in --out", "--resume")]
    [InlineData(2, "--force needs --out", "--force")]
    [InlineData(2, "--checkpoint-every: the checkpoints are in --out", "--checkpoint-every", "5")]
    [InlineData(2, "--fine-tune-batch-size: 2147483647 is not between 1 and 1048576", "--fine-tune-batch-size", "2147483647")]
    [InlineData(
        2, "--fine-tune-batch-size: 1000000 samples are too many for 4096 units, the widest of --layers and --head; "
            + "at most 524287 are possible",
        "--fine-tune-batch-size", "1000000", "--layers", "256,4096,8")]
    [InlineData(2, "--batch-size: 1000000 samples are too many for 4096 units", "--batch-size", "1000000", "--layers", "256,4096,8")]
    [InlineData(2, "--shots: 1000000 samples are too many for 4096 units", "--shots", "1000000", "--layers", "256,4096,8")]
    [InlineData(2, "--source: jp is the target", "--source", "jp")]
    [InlineData(2, "--method: 'tamaml' is not one of gmf, ", "--method", "tamaml")]
    [InlineData(1, "shots are more than its ", "--shots", "1000000", "--adapt-on", "valid")]
    public void A_wrong_option_of_adaptation_is_refused_in_one_line(int status, string line, params string[] options)
    {
        string[] common = options.Contains("--method") ? [] : ["--method", "forec"];
        if (!options.Contains("--source"))
            common = [.. common, "--source", "mx"];
        Failed(status, line, ["train", "--target", "jp", .. common, "--epochs", "1", .. options]);
    }

    [Fact]
    public void Only_a_checkpoint_of_a_method_with_a_fork_can_be_adapted()
    {
        Done("train", "--method", "forec", "--target", "jp", "--source", "mx", "--epochs", "1", "--out", Place("fork"));
        Failed(1, "is itself a fork", ["adapt", "--model", Place("fork/model.safetensors"), "--target", "jp"]);
        Done("train", "--method", "gmf++", "--target", "jp", "--source", "mx", "--epochs", "1", "--out", Place("gmf"));
        Failed(1, "was trained by gmf++; expects a model of nmf++, maml, reptile, anil",
            ["adapt", "--model", Place("gmf/model.safetensors"), "--target", "jp"]);
        Done("train", "--method", "ma-nmf++", "--target", "jp", "--source", "mx", "--epochs", "1", "--out", Place("ma"));
        Failed(1, "was trained by ma-nmf++; expects a model of nmf++, maml, reptile, anil",
            ["adapt", "--model", Place("ma/model.safetensors"), "--target", "jp"]);
        Done("train", "--method", "maml", "--target", "jp", "--source", "mx", "--epochs", "1", "--out", Place("maml"));
        Failed(1, "so it was not trained on this market", ["adapt", "--model", Place("maml/model.safetensors"), "--target", "in"]);
    }

    [Fact]
    public void Fine_tuning_minimises_the_requested_loss()
    {
        Done("train", "--method", "nmf++", "--target", "jp", "--source", "mx", "--epochs", "2", "--out", Place("parent"));
        foreach (string loss in (string[])["bce", "mse", "bpr"])
            Done("adapt", "--model", Place("parent/model.safetensors"), "--target", "jp", "--fine-tune-loss", loss, "--out", Place(loss));
        Assert.All(
            (string[])["bce", "mse", "bpr"],
            run => Assert.Equal(run, $"{Result(run)["experiment"]?["options"]?["fine_tune_loss"]}"));
        Assert.NotEqual(File.ReadAllBytes(Place("bce/model.safetensors")), File.ReadAllBytes(Place("mse/model.safetensors")));
        Done("evaluate", "--model", Place("mse/model.safetensors"), "--target", "jp", "--json", Place("again.json"));
        Assert.Equal((double?)Result("mse")["test"]?["ndcg@10"], (double?)Json("again.json")["ndcg@10"]);
    }

    [Fact]
    public void Ids_with_white_space_are_refused_before_training_if_TREC_files_are_requested()
    {
        string file = Directory.GetFiles(_directory, "jp*").Single();
        File.WriteAllLines(file, [.. File.ReadAllLines(file).Select((line, i) => (i == 0 ? "" : "a ") + line.Replace(' ', '\t'))]);
        Done("train", "--method", "nmf++", "--target", "jp", "--source", "mx", "--epochs", "1", "--out", Place("parent"));
        string model = Place("parent/model.safetensors");
        Failed(1, "white space", ["adapt", "--model", model, "--target", "jp", "--out", Place("own"), "--trec"]);
        Assert.False(Directory.Exists(Place("own")));
    }

    private string Place(string name) => Path.Combine(_directory, name);

    private JsonObject Json(string name) =>
        JsonNode.Parse(File.ReadAllText(Place(name)))?.AsObject() ?? throw new InvalidDataException(name);

    private JsonObject Result(string run) => Json($"{run}/result.json");

    private void Done(params string[] args) => Done(args, quiet: true);

    private string Done(string[] args, bool quiet)
    {
        (int status, string error) = Run(quiet ? [.. args, "--quiet"] : args);
        Assert.True(status == 0, $"{status}: {error}");
        return error;
    }

    private void Failed(int status, string line, string[] args)
    {
        (int found, string error) = Run([.. args, "--quiet"]);
        Assert.Equal(status, found);
        Assert.StartsWith("forec: ", error, StringComparison.Ordinal);
        Assert.Contains(line, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private (int Status, string Error) Run(string[] args)
    {
        using StringWriter output = new(), error = new();
        return (ForecTool.Run([.. args, "--data", _directory, "--threads", "1"], output, error), error.ToString());
    }
}
