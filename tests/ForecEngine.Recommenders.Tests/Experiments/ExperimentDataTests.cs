// Loading the data of an experiment: filtering, hold-out and the record of both.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Tests.Data;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class ExperimentDataTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void By_default_users_with_seven_rows_are_evaluated_and_all_rows_of_other_users_are_trained_on()
    {
        DataRequest request = new(Market("jp", ("many", 8), ("enough", 7), ("few", 6)), []);
        ExperimentData data = ExperimentData.Load(request, new TrainingSettings());
        Assert.Equal((2, 1, 7), (data.Markets[0].Test.Count, data.Protocol.Split.MinimumRows, data.Protocol.Split.EvaluateFrom));
        Assert.Equal(6 + 5 + 6, data.Markets[0].TrainUsers.Length);
        Assert.Equal(["jp"], data.Digests.Keys);
        Assert.Equal((NoteKind.UsersNotEvaluated, 1, 3), data.Notes.Select(note => (note.Kind, note.Count, note.Of)).Single());
        Assert.Equal(3, ExperimentData.Load(request with { EvaluateFrom = 6 }, new TrainingSettings()).Markets[0].Test.Count);

        Protocol protocol = Preset.ProtocolOf("paper");
        ExperimentData paper = ExperimentData.Load(request, new TrainingSettings(), protocol);
        Assert.Equal((2, 7), (paper.Markets[0].Users.Count, paper.Protocol.Split.MinimumRows));
        Assert.Equal((NoteKind.UsersLeftOut, 1, 3), paper.Notes.Select(note => (note.Kind, note.Count, note.Of)).Single());
        Assert.Equal(
            3, ExperimentData.Load(request with { MinimumRows = 6 }, new TrainingSettings(), protocol).Markets[0].Users.Count);
    }

    [Fact]
    public void With_nothing_held_out_all_rows_of_all_markets_are_trained_on_with_any_preset()
    {
        DataRequest request = new(Market("jp", ("many", 8), ("few", 2)), [Market("uk", ("b", 9))], HoldOut: HoldOut.None);
        TrainingSettings settings = new() { Gradient = new() { KeptEpoch = KeptEpoch.Best } };
        ExperimentData data = ExperimentData.Load(request, settings, Preset.ProtocolOf("paper"));
        Assert.Equal([10, 9], data.Markets.Select(market => market.TrainUsers.Length));
        Assert.All(data.Markets, market => Assert.Empty(market.Valid.Concat(market.Test)));
        Assert.Equal((HoldOut.None, 1), (data.Protocol.Split.HoldOut, data.Protocol.Split.MinimumRows));
        Assert.Equal(NoteKind.NotEvaluated, data.Notes.Single().Kind);
    }

    [Fact]
    public void With_given_candidates_only_the_rows_that_choose_an_epoch_are_held_out()
    {
        File.WriteAllText(_directory["candidates"], "many\ti0,i1\n");
        File.WriteAllText(_directory["qrels"], "userId\titemId\trating\nmany\ti1\t1\n");
        DataRequest request = new(Market("jp", ("many", 8), ("few", 2)), [], _directory["candidates"], _directory["qrels"]);
        ExperimentData whole = ExperimentData.Load(request, new TrainingSettings());
        Assert.Equal((10, 0, 0), (whole.Markets[0].TrainUsers.Length, whole.Markets[0].Valid.Count, whole.Markets[0].Test.Count));
        Assert.Single(whole.Candidates ?? []);
        Assert.Equal(["candidates", "jp", "qrels"], whole.Digests.Keys);
        ExperimentData best = ExperimentData.Load(request, new TrainingSettings { Gradient = new() { KeptEpoch = KeptEpoch.Best } });
        Assert.Equal((9, 1), (best.Markets[0].TrainUsers.Length, best.Markets[0].Valid.Count));
    }

    [Fact]
    public void Sel_keeps_the_source_rows_whose_items_the_target_has()
    {
        MarketFiles target = Market("jp", ("a", 7)), source = Market("uk", ("b", 9));
        ExperimentData all = ExperimentData.Load(new DataRequest(target, [source]), new TrainingSettings());
        ExperimentData sel =
            ExperimentData.Load(new DataRequest(target, [source]), new TrainingSettings { Samples = new() { Sampling = Sampling.Sel } });
        Assert.Equal((9, 7), (all.Markets[1].PoolSize, sel.Markets[1].PoolSize));
        Assert.Equal(all.Digests, sel.Digests);
    }

    [Fact]
    public void The_number_of_passes_of_the_k_core_is_used()
    {
        DataRequest request = new(Market("jp", ("a", 8), ("b", 8), ("c", 1)), [], KCore: 2, MinimumRows: 3);
        Assert.Equal(2, ExperimentData.Load(request, new TrainingSettings()).Markets[0].Users.Count);
        Assert.Throws<DataFormatException>(() => ExperimentData.Load(request with { KCore = 4 }, new TrainingSettings()));
    }

    // Each user's first items, a day apart.
    private MarketFiles Market(string name, params (string User, int Rows)[] users)
    {
        Row[] rows = [.. users.SelectMany(user => Enumerable.Range(0, user.Rows).Select(i => new Row(user.User, $"i{i}", 5, i * 86400L)))];
        File.WriteAllText(_directory[name], RatingsText.Of("xmarket", rows));
        return new MarketFiles(name, [_directory[name]]);
    }
}
