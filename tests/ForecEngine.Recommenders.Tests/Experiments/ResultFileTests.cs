// result.json has the schema that programs rely on (forec.result/1).

using System.Text.Json.Nodes;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class ResultFileTests
{
    [Fact]
    public void A_result_has_the_fields_of_the_schema_and_the_numbers_of_the_run()
    {
        ExperimentOutcome outcome = Outcome(HoldOut.LastPositives, null);
        JsonNode json = Read(outcome);
        Assert.Equal("forec.result/1", (string?)json["schema"]);
        Assert.Equal(
            ("gmf++", "paper", "jp", "cpu"),
            ((string?)json["method"], (string?)json["preset"], (string?)json["target"], ((string?)json["device"])?.Split(':')[0]));
        Assert.Equal(["de"], json["sources"]?.AsArray().Select(source => (string?)source));
        Assert.Equal((ulong.MaxValue, 2), ((ulong?)json["seed"], (int?)json["threads"]));
        Assert.Equal(outcome.Tested().Result.Users, (int?)json["test"]?["users"]);
        Assert.Equal(outcome.Tested().Result.Means["ndcg@10"], (double?)json["test"]?["ndcg@10"]);
        Assert.Equal(outcome.Valid?.Result.Means["hr@10"], (double?)json["valid"]?["hr@10"]);
        Assert.Equal("both", (string?)json["candidates_from"]);
        Assert.Equal(outcome.TestAmongAll?.Result.Means["ndcg@10"], (double?)json["test_all_items"]?["ndcg@10"]);
        Assert.Equal(outcome.ValidAmongAll?.Result.Means["hr@10"], (double?)json["valid_all_items"]?["hr@10"]);
        Assert.Equal(
            [("valid", true), ("test", true), ("valid", false), ("test", false)],
            ResultFile.Rankings(json.AsObject()).Select(ranking => (ranking.Split, ranking.AmongAll)));
        Assert.Equal(outcome.Phases.Sum(p => p.Samples), (long?)json["train"]?["samples"]);
        Assert.Equal(12345, (long?)json["train"]?["peak_rss_bytes"]);
        Assert.NotNull(json["train"]?["seconds"]);
        Assert.NotNull(json["train"]?["samples_per_second"]);
        JsonNode? stage = json["stages"]?.AsArray().Single();
        Assert.Equal(("gmf++", 2), ((string?)stage?["name"], (int?)stage?["epochs"]));
        double first = (double?)stage?["first_epoch_seconds"] ?? 0, all = (double?)stage?["seconds"] ?? 0;
        Assert.True(first > 0 && first < all, $"the first of two epochs took {first} s of {all} s");
        Assert.Equal(1e-7, (double?)json["experiment"]?["options"]?["l2"]);
    }

    [Fact]
    public void A_result_without_held_out_rows_has_no_validation()
    {
        JsonNode json = Read(Outcome(HoldOut.None, [new CandidateList(0, [0, 1], [1, 0], [("shared0", 1)])]));
        Assert.Null(json["valid"]);
        Assert.Null(json["test_all_items"]);
        Assert.Equal(1, (int?)json["test"]?["users"]);
    }

    [Fact]
    public void A_result_without_evaluated_users_has_no_metrics_and_states_the_reason()
    {
        JsonNode json = Read(Outcome(HoldOut.None, null));
        Assert.Null(json["valid"]);
        Assert.Null(json["test"]);
        Assert.StartsWith("nothing is held out", (string?)json["not_evaluated"], StringComparison.Ordinal);
        Assert.NotNull(json["train"]?["samples"]);
    }

    private static JsonNode Read(ExperimentOutcome outcome)
    {
        using SimdDevice device = new(threads: 2, vectorBits: 128);
        string text = ResultFile.Text(ResultFile.ToJson(outcome, device, threads: 2, peakBytes: 12345));
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        return JsonNode.Parse(text) ?? throw new InvalidOperationException(text);
    }

    private static ExperimentOutcome Outcome(HoldOut holdOut, IReadOnlyList<CandidateList>? candidates)
    {
        using ScalarDevice device = new();
        Experiment experiment = new()
        {
            Method = "gmf++",
            Preset = "paper",
            Target = "jp",
            Sources = ["de"],
            Seed = ulong.MaxValue,
            Settings = new TrainingSettings { Gradient = new() { Epochs = 2 } },
        };
        return new ExperimentRunner(device).Run(
            experiment,
            [.. ((string[])["jp", "de"]).Select(name => Market.Prepare(TestMarkets.Random(name, 1), new SplitRules { HoldOut = holdOut }))],
            candidates, Metric.Default);
    }
}
