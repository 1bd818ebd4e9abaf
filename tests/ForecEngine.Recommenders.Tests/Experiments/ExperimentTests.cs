// The record of an experiment, including records written by earlier versions.

using System.Text.Json;
using System.Text.Json.Nodes;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class ExperimentTests
{
    private static readonly Experiment s_experiment = new()
    {
        Method = "maml",
        Preset = "paper",
        Target = "jp",
        HoldOut = HoldOut.LastRows,
        MinimumRows = 7,
        EvaluateFrom = 9,
    };

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        string json = JsonSerializer.Serialize(s_experiment, Experiment.JsonOptions);
        Assert.Equal(json, JsonSerializer.Serialize(Experiment.Parse(json), Experiment.JsonOptions));
    }

    [Fact]
    public void An_old_record_without_a_split_holds_out_the_last_rows_of_all_users_and_draws_negatives_outside_all_rows()
    {
        JsonObject json = JsonSerializer.SerializeToNode(s_experiment, Experiment.JsonOptions)!.AsObject();
        json.Remove("hold_out");
        json.Remove("evaluate_from");
        json["options"]!.AsObject().Remove("negatives_exclude");
        Experiment old = Experiment.Parse(json.ToJsonString());
        Assert.Equal(
            (HoldOut.LastRows, 7, 1, NegativesExclude.All),
            (old.HoldOut, old.MinimumRows, old.EvaluateFrom, old.Settings.Samples.NegativesExclude));
    }

    [Fact]
    public void Default_parts_of_a_protocol_are_not_written_so_that_records_of_earlier_versions_stay_equal()
    {
        JsonObject json = JsonSerializer.SerializeToNode(s_experiment, Experiment.JsonOptions)!.AsObject();
        Assert.Empty(json.Select(member => member.Key).Intersect(
            ["protocol", "order", "split_seed", "source_rows", "candidates_from", "candidate_pool", "history", "base_protocol"]));
        Experiment other = s_experiment with
        {
            ProtocolName = "acmr",
            Order = RowOrder.Random,
            SplitSeed = 7,
            SourceRows = SourceRows.All,
            CandidatePool = CandidatePool.AllMarkets,
            History = HistoryRows.TrainAndValid,
        };
        json = JsonSerializer.SerializeToNode(other, Experiment.JsonOptions)!.AsObject();
        Assert.Equal(
            ["acmr", "random", "7", "all", "all_markets", "train+valid"],
            ((string[])["protocol", "order", "split_seed", "source_rows", "candidate_pool", "history"]).Select(name => $"{json[name]}"));
        Assert.Equal(other.ToJson(), Experiment.Parse(other.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("protocol", "\"best\"")]
    [InlineData("evaluate_from", "0")]
    [InlineData("minimum_rows", "0")]
    [InlineData("hold_out", "\"all\"")]
    public void Invalid_experiments_are_refused(string member, string value)
    {
        JsonObject json = JsonSerializer.SerializeToNode(s_experiment, Experiment.JsonOptions)!.AsObject();
        json[member] = JsonNode.Parse(value);
        Assert.ThrowsAny<JsonException>(() => Experiment.Parse(json.ToJsonString()));
    }
}
