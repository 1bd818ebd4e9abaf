// A checkpoint ranks as the run that wrote it did, for every method, with its markets in their places.

using System.Globalization;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class TrainedModelTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SimdDevice _device = new(1);

    public void Dispose()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("nmf++")]
    [InlineData("ma-gmf++")]
    [InlineData("ma-mlp++")]
    [InlineData("ma-nmf++")]
    [InlineData("ddtcdr")]
    [InlineData("conet")]
    public void A_checkpoint_ranks_as_the_run_that_wrote_it(string method)
    {
        foreach (string name in (string[])["de", "jp", "uk"])
            WriteMarket(name);
        DataRequest request = new(MarketFiles.Find("jp", _directory.Root), [MarketFiles.Find("uk", _directory.Root), MarketFiles.Find("de", _directory.Root)]);
        TrainingOptions options = new() { Epochs = 2, BatchSize = 256, Ddtcdr = new DdtcdrOptions { Alpha = 0.4, DropoutInScoring = true } };
        ExperimentData data = ExperimentData.Load(request, options);
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = "jp",
            Sources = ["de", "uk"],
            Options = options,
            MinimumRows = data.Rules.MinimumRows,
            Digests = data.Digests,
            EvaluationNegatives = 15,
        };
        ExperimentOutcome outcome = new ExperimentRunner(_device).Run(experiment, data.Markets, null, Metric.Default);
        using (RunDirectory run = RunDirectory.Open(_directory["run"]))
            run.Write(outcome, data.TargetRows, ResultFile.ToJson(outcome, _device, 0), trec: false);

        TrainedModel trained = TrainedModel.Load(Path.Combine(_directory["run"], "model.safetensors"), _device);
        Assert.Equal(outcome.ModelName, trained.ModelName);
        RankedLists ranked = trained.Rank(trained.Read(request with { Sources = [] }), Split.Test, null, new Ranker(_device, Metric.Default));
        Assert.Equal(outcome.Tested().Scores, ranked.Scores);
        Assert.Equal(outcome.Tested().Result.Means, ranked.Result.Means);
    }

    [Fact]
    public void Ids_of_another_number_of_markets_are_refused()
    {
        MarketUnion union = new([TestMarkets.Prepared("jp", 1), TestMarkets.Prepared("uk", 1)]);
        Gmf model = new(_device, new ModelShape(union.Users, union.Items.Count, 2, [4, 2]) { Markets = 3 }, marketAware: true);
        string path = _directory["model.safetensors"];
        ModelCheckpoint.Write(path, model, new Dictionary<string, string>());
        new TableIds(union).Write(RunDirectory.IdsPath(path));
        string message = Assert.Throws<DataFormatException>(() => TrainedModel.Load(path, _device)).Message;
        Assert.Contains("model.ids.tsv: 2 markets, but", message, StringComparison.Ordinal);
        Assert.EndsWith("has a part for each of 3", message, StringComparison.Ordinal);
    }

    private void WriteMarket(string name)
    {
        Ratings ratings = TestMarkets.Random(name, 1);
        IEnumerable<string> rows = Enumerable.Range(0, ratings.Count).Select(row => string.Create(
            CultureInfo.InvariantCulture, $"{ratings.Users.Text(ratings.UserOf[row])} {ratings.Items.Text(ratings.ItemOf[row])} {ratings.Rating[row]} 2020-01-{1 + ratings.Time![row].Seconds:00}"));
        File.WriteAllLines(_directory[$"{name}.txt"], rows.Prepend("userId itemId rate date"));
    }
}
