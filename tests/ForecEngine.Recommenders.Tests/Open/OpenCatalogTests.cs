// Models, methods and optimisers defined outside the library train, resume after an interruption, and are read from their checkpoints.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Open;

public sealed class OpenCatalogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SimdDevice _device = new(1);

    public void Dispose()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("two-tower++", "two-tower")]
    [InlineData("nmf++-tuned", "nmf")]
    [InlineData("gmf-adamw", "gmf")]
    public void A_users_own_method_trains_resumes_with_the_same_bits_and_is_read_from_its_checkpoint(string method, string model)
    {
        ExperimentOutcome whole = Run(method);
        Assert.True(whole.Phases[^1].Loss < 0.69); // lower than ln 2 = 0.69, the loss of a constant probability of 1/2
        using CancellationTokenSource stopping = new();
        Assert.Throws<OperationCanceledException>(() => Run(method, stopping, report => report.Phase == method && report.Epoch == 2));
        ExperimentOutcome resumed = Run(method);
        Assert.Contains(
            _said,
            line => line.StartsWith($"{method}: ", StringComparison.Ordinal) && line.Contains("taken from", StringComparison.Ordinal));
        Assert.Equal(whole.Tested().Scores, resumed.Tested().Scores);

        string path = _directory["model.safetensors"];
        SafetensorsFile.Write(
            path, whole.Model.Tensors, new Dictionary<string, string> { [RunDirectory.ExperimentKey] = whole.Experiment.ToJson() });
        whole.Tables.Write(RunDirectory.IdsPath(path));
        TrainedModel trained = TrainedModel.Load(path, _device);
        Assert.Equal(model, trained.ModelName);
        PlacedMarket target = whole.Markets.Single(market => market.Market.Name == "jp");
        int[] items = [.. target.ItemRows.Where(row => row >= 0)];
        Real[] scores = new Real[items.Length], expected = new Real[items.Length];
        trained.Scorer("jp", items).ScoreAll([target.UserRows[0]], items, scores);
        whole.Model.Scorer(_device, target.Index).ScoreAll([target.UserRows[0]], items, expected);
        Assert.Equal(expected, scores);
    }

    [Fact]
    public void A_plan_need_not_be_in_the_catalog()
    {
        Plan plan = PlanCatalog.Find("gmf") with { Method = "mine" };
        Experiment experiment = new() { Method = "mine", Preset = "paper", Target = "jp", Settings = s_settings, EvaluationNegatives = 15 };
        ExperimentOutcome outcome = new ExperimentRunner(_device).Run(
            experiment, [TestMarkets.Prepared("jp", 1)], plan: plan);
        Assert.Equal("gmf", outcome.ModelName);
        string message = Assert.Throws<ArgumentException>(() => new ExperimentRunner(_device).Run(
            experiment with { Method = "other" }, [TestMarkets.Prepared("jp", 1)], plan: plan)).Message;
        Assert.Contains("the record is for other, the plan for mine", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_with_two_phases_of_the_same_name_is_refused()
    {
        Phase gmf = PlanCatalog.Find("gmf").Phases[0];
        Plan plan = new("twice", [gmf, gmf]);
        Assert.Equal(
            "the plan twice has more than one phase called 'gmf'; each needs a name of its own",
            Assert.Throws<ArgumentException>(() => plan.Over(["jp"])).Message);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        Assert.Contains("there already is a model called 'two-tower'", Assert.Throws<ArgumentException>(() =>
            ModelCatalog.Add(ModelCatalog.Find("two-tower"))).Message, StringComparison.Ordinal);
        Assert.Contains("there already is a method called 'gmf'", Assert.Throws<ArgumentException>(() =>
            PlanCatalog.Add("gmf", settings => PlanCatalog.Find("mlp", settings))).Message, StringComparison.Ordinal);
    }

    private static readonly TrainingSettings s_settings = new() { Gradient = new() { Epochs = 3 }, Samples = new() { BatchSize = 128 } };

    private readonly List<string> _said = [];

    private ExperimentOutcome Run(string method, CancellationTokenSource? stopping = null, Predicate<TrainingProgress>? stopAt = null)
    {
        bool kept = stopping is not null || Directory.Exists(_directory["run"]);
        StageStore? stages =
            kept ? new StageStore(null, _directory["run"], resumes: true, TimeSpan.FromDays(1), _said.Add, _said.Add) : null;
        bool joint = PlanCatalog.Find(method).NeedsSources;
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = "jp",
            Sources = joint ? ["uk"] : [],
            Settings = s_settings,
            EvaluationNegatives = 15,
        };
        string[] markets = joint ? ["jp", "uk"] : ["jp"];
        return new ExperimentRunner(_device, stages: stages, stop: stopping?.Token ?? default).Run(
            experiment, [.. markets.Select(name => TestMarkets.Prepared(name, 1))], null, Metric.Default, report =>
            {
                if (stopAt?.Invoke(report) == true)
                    stopping?.Cancel();
            });
    }
}
