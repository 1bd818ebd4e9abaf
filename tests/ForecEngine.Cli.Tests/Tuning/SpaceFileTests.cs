// A space file is read strictly: anything that it does not mean is refused with its place.

using System.Text.Json.Nodes;
using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Options;
using ForecEngine.Cli.Tuning;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Tuning;

public sealed class SpaceFileTests : IDisposable
{
    private const string Whole = """
        {
          "schema": "forec.space/1", "name": "mine", "preset": "paper", "methods": ["gmf", "nmf++"], "targets": ["in", "jp"],
          "sources": ["jp", "uk"], "seeds": [1, 18446744073709551615], "metric": "mrr", "trials": 9, "search": "successive-halving",
          "options": {"batch-size": 512, "layers": [16, 8], "candidates-from": "all", "keep-output": true},
          "space": {"learning-rate": {"log": [0.001, 0.1]}, "l2": {"choice": [0, 1e-7]}},
          "successive-halving": {"eta": 3, "resource": "epochs", "rungs": [1, 3, 9]}
        }
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_key_is_read()
    {
        SearchSpace space = Read(Whole);
        Assert.Equal(("mine", "paper", 9, SearchKind.SuccessiveHalving, "mrr"),
            (space.Name, space.Base, space.Trials, space.Search, space.Metric.Name));
        Assert.Equal(["gmf", "nmf++"], space.Methods);
        Assert.Equal(["in", "jp"], space.Targets);
        Assert.Equal(["jp", "uk"], space.Sources);
        Assert.Equal([1, ulong.MaxValue], space.Seeds);
        Assert.Equal(["batch-size 512", "layers 16,8", "candidates-from all", "keep-output true"],
            space.Fixed.Select(setting => $"{setting.Option.Name} {setting.Value}"));
        Assert.Equal(["learning-rate", "l2"], space.Dimensions.Select(dimension => dimension.Option.Name));
        Assert.Equal((3, "epochs"), (space.Halving!.Eta, space.Halving.Resource));
        Assert.Equal([1, 3, 9], space.Halving.Rungs);
    }

    [Fact]
    public void A_short_file_gets_defaults()
    {
        SearchSpace space = Read("""{"methods": ["gmf"], "targets": ["in"], "space": {"l2": {"log": [1e-7, 1e-3]}}}""");
        Assert.Equal(("space", "tuned", "ndcg@10"), (space.Name, space.Base, space.Metric.Name));
        Assert.Equal([42], space.Seeds);
        Assert.Equal("candidates-from sampled", Assert.Single(space.Fixed.Select(setting => $"{setting.Option.Name} {setting.Value}")));
        Assert.Null(space.Trials);
        Assert.Null(space.Search);
        Assert.Null(space.Halving);
    }

    [Fact]
    public void Every_option_of_train_that_has_a_setting_of_training_can_be_searched()
    {
        string[] settings = [.. DeclaredOption.Of(typeof(TrainArguments))
            .Where(option => option.TextIn(new()).Length > 0 || option.Setting is "LearningRate").Select(option => option.Name)];
        Assert.Contains("learning-rate", settings);
        Assert.Empty(settings.Except(SpaceFile.Settings.Select(option => option.Name)));
        Assert.DoesNotContain(SpaceFile.Settings, option => option.Name is "seed" or "target" or "preset" or "hold-out" or "threads");
    }

    [Theory]
    [InlineData("\"protocol\": \"deploy\"", "protocol deploy")]
    [InlineData("\"protocol\": \"paper\"", "protocol paper, candidates-from sampled")]
    [InlineData("\"candidates-from\": \"both\"", "candidates-from both")]
    public void Trials_rank_sampled_items_unless_the_options_say_otherwise(string options, string settings)
    {
        const string Written = "\"batch-size\": 512, \"layers\": [16, 8], \"candidates-from\": \"all\", \"keep-output\": true";
        SearchSpace space = Read(Whole.Replace(Written, options, StringComparison.Ordinal));
        Assert.Equal(settings, string.Join(", ", space.Fixed.Select(setting => $"{setting.Option.Name} {setting.Value}")));
    }

    [Theory]
    [InlineData("\"targets\"", "\"tarjets\"", "unknown key 'tarjets'; did you mean 'targets'?; expects schema, name, preset,")]
    [InlineData("space/1", "space/2", "schema: 'forec.space/2' is unknown; expects forec.space/1")]
    [InlineData("\"mine\"", "\"my own\"", "name: 'my own' is no name")]
    [InlineData("\"paper\"", "\"papr\"", "preset: 'papr' is not one of paper, authors-code, tuned; did you mean 'paper'?")]
    [InlineData("\"gmf\", ", "\"gfm\", ", "methods: 'gfm' is not one of gmf,")]
    [InlineData("[\"gmf\", \"nmf++\"]", "\"gmf\"", "methods: expects a list, got \"gmf\"")]
    [InlineData("\"gmf\", ", "\"nmf++\", ", "methods: has nmf++ twice")]
    [InlineData("\"in\", ", "3, ", "targets: expects a text, got 3")]
    [InlineData("[1, 18446744073709551615]", "[-1]", "seeds: expects seeds, got -1")]
    [InlineData("[1, 18446744073709551615]", "[1, 1]", "seeds: has 1 twice")]
    [InlineData("\"mrr\"", "\"ndcg\"", "metric: 'ndcg' is not a metric")]
    [InlineData("\"mrr\"", "\"mrr,hr@5\"", "metric: expects one metric")]
    [InlineData("\"trials\": 9", "\"trials\": 0", "trials: expects a whole number between 1 and 100000, got 0")]
    [InlineData("\"search\": \"successive-halving\"", "\"search\": \"grid\"", "search: 'grid' is not one of random, successive-halving")]
    [InlineData("\"batch-size\": 512", "\"batchsize\": 512",
        "options: 'batchsize' is no option of train that all trials can share; did you mean 'batch-size'?")]
    [InlineData("\"batch-size\": 512", "\"seed\": 512", "options: 'seed' is no option of train that all trials can share")]
    [InlineData("\"candidates-from\": \"all\"", "\"candidates-from\": \"al\"",
        "options.candidates-from: 'al' is not one of both, sampled, all; did you mean 'all'?")]
    [InlineData("\"learning-rate\":", "\"lerning-rate\":",
        "space: 'lerning-rate' is no option of train that a preset can set; did you mean 'learning-rate'?")]
    [InlineData("\"learning-rate\":", "\"evaluate-from\":", "space: 'evaluate-from' is no option of train that a preset can set")]
    [InlineData("\"learning-rate\":", "\"batch-size\":", "space: 'batch-size' is also in options")]
    [InlineData("{\"log\": [0.001, 0.1]}", "0.01", "space.learning-rate: expects an object")]
    [InlineData("\"eta\": 3", "\"eta\": 1", "successive-halving.eta: expects a whole number between 2 and 1000, got 1")]
    [InlineData("\"eta\": 3, ", "", "successive-halving.eta: is missing")]
    [InlineData("\"eta\"", "\"etta\"", "successive-halving: unknown key 'etta'; did you mean 'eta'?")]
    [InlineData("\"epochs\"", "\"epoch\"", "successive-halving.resource: 'epoch' is not one of ")]
    [InlineData("\"epochs\"", "\"l2\"", "successive-halving.resource: 'l2' is also in space or options")]
    [InlineData("\"epochs\", \"rungs\": [1, 3, 9]", "\"seeds\", \"rungs\": [1, 3]",
        "successive-halving.rungs: expects a whole number between 1 and 2, got 3")]
    [InlineData("[1, 3, 9]", "[3, 1]", "successive-halving.rungs: expects ascending numbers")]
    [InlineData("\"targets\": [\"in\", \"jp\"],", "", "targets: is missing")]
    public void A_fault_is_refused_in_one_line_with_its_place(string part, string instead, string problem)
    {
        Assert.Contains(part, Whole, StringComparison.Ordinal);
        DataFormatException refusal = Assert.Throws<DataFormatException>(
            () => Read(Whole.Replace(part, instead, StringComparison.Ordinal)));
        Assert.StartsWith($"{_directory["space.json"]}: {problem}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("", ":1: is no JSON: ")]
    [InlineData("{\n\"methods\": [\n}", ":3: is no JSON: ")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}", ":1: is no JSON: ")]
    [InlineData("[]", ": expects a JSON object")]
    public void A_file_that_is_no_object_is_refused_with_its_line(string text, string problem) => Assert.StartsWith(
        $"{_directory["space.json"]}{problem}", Assert.Throws<DataFormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_truncated_file_is_read_or_fails_otherwise()
    {
        for (int length = 0; length < Whole.Length - 1; length++)
        {
            string message = Assert.Throws<DataFormatException>(() => Read(Whole[..length])).Message;
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void The_space_of_the_preset_tuned_can_be_read()
    {
        SearchSpace space = SpaceFile.Read(RepositoryFiles.At("bench", "tuned-space.json"));
        Assert.Equal("tuned", space.Name);
        Assert.NotNull(space.Trials);
    }

    [Fact]
    public void The_preset_tuned_is_the_one_that_the_search_of_its_space_found()
    {
        PresetFile found = PresetFile.Read(RepositoryFiles.At("bench", "tuned-preset.json"));
        Assert.True(JsonNode.DeepEquals(
            SpaceFile.Read(RepositoryFiles.At("bench", "tuned-space.json")).Json, found.Found?["space"]));
        TrainingSettings tuned = Preset.Find("tuned");
        Assert.Equal(found.Settings with { Model = found.Settings.Model with { Ddtcdr = tuned.Model.Ddtcdr } }, tuned);
    }

    private SearchSpace Read(string text)
    {
        File.WriteAllText(_directory["space.json"], text);
        return SpaceFile.Read(_directory["space.json"]);
    }
}
