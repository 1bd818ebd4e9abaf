// For every method, a checkpoint ranks like the run that wrote it.

using System.Globalization;
using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
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
    public void A_checkpoint_ranks_like_the_run_that_wrote_it(string method)
    {
        (string path, DataRequest request, ExperimentOutcome outcome) = Run(method);
        TrainedModel trained = TrainedModel.Load(path, _device);
        Assert.Equal(outcome.ModelName, trained.ModelName);
        RankedLists ranked = trained.Rank(
            trained.Read(request with { Sources = [] }), Split.Test, null, new Ranker(Metric.Default, 1));
        Assert.Equal(outcome.Tested().Scores, ranked.Scores);
        Assert.Equal(outcome.Tested().Result.Means, ranked.Result.Means);
    }

    [Theory]
    [InlineData("nmf++")]
    [InlineData("bpr-mf++")]
    [InlineData("ddtcdr")]
    [InlineData("conet")]
    [InlineData("maml")]
    [InlineData("anil-forec")]
    public void A_checkpoint_of_several_trainings_ranks_like_their_run_also_by_new_users(string method)
    {
        (string path, DataRequest request, ExperimentOutcome outcome) = Run(method, seeds: 2);
        IFittedModel[] members = [.. Assert.IsType<Ensemble>(outcome.Model).Members];
        Assert.Equal(2, members.Length);
        Assert.Equal(
            members.SelectMany((member, index) => member.Tensors.Select(tensor => $"member.{index + 1}.{tensor.Name}"))
                .Order(StringComparer.Ordinal),
            SafetensorsFile.Read(path).Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        foreach (TrainedModel trained in (TrainedModel[])[TrainedModel.Load(path, _device), TrainedModel.LoadToScore(path, _device)])
        {
            ExperimentData data = trained.Read(request with { Sources = [] });
            Assert.Equal(outcome.ModelName, trained.ModelName);
            if (trained.NeedsData)
            {
                Assert.Equal(outcome.Tested().Scores, trained.Rank(data, Split.Test, null, new Ranker(Metric.Default, 1)).Scores);
                continue;
            }

            TopList list = new Recommendation(trained, data.TargetRows, new ListRequest { NewCustomers = [["shared0"]], Most = 2 })
                .Make(threads: 1).Single();
            PlacedMarket jp = outcome.Markets[1];
            FoldInOptions options = new() { Seed = outcome.Experiment.Seed, Loss = PlanCatalog.Find(method).Phases[^1].Fit.FoldInLoss };
            Real[] scores = new Real[2];
            void Score() => outcome.Model.Scorer(_device, 1, new NewUsers([.. jp.UserRows], [.. jp.ItemRows], options))
                .FoldIn([new ItemHistory([outcome.Tables.ItemRow("shared0")], [], isTimed: true)])
                .ScoreAll([0], [.. list.Items.Select(item => jp.ItemRows[item.Item])], scores);
            if (outcome.WhileAdapted is { } adapted)
                adapted(Score);
            else
                Score();
            Assert.Equal(list.Items.Select(item => item.Score), scores);
        }
    }

    [Fact]
    public void A_fork_of_several_trainings_has_the_bits_of_the_method_that_forks_its_last_phase()
    {
        (string path, DataRequest request, _) = Run("nmf++", seeds: 2);
        TrainedModel trained = TrainedModel.Load(path, _device);
        ExperimentOutcome fork = trained.Adapt(trained.ReadToAdapt(request with { Sources = [] }), same => same, null, Metric.Default);
        ExperimentOutcome whole = Run("nmf-forec", seeds: 2).Outcome;
        Assert.Equal(2, Assert.IsType<Ensemble>(fork.Model).Members.Count);
        Assert.Equal(
            whole.Model.Tensors.Select(tensor => (tensor.Name, Convert.ToHexString(tensor.Data.Span))),
            fork.Model.Tensors.Select(tensor => (tensor.Name, Convert.ToHexString(tensor.Data.Span))));
        Assert.Equal(whole.Tested().Scores, fork.Tested().Scores);
    }

    [Fact]
    public void A_checkpoint_without_one_of_the_members_is_refused()
    {
        (string path, _, _) = Run("nmf++", seeds: 3);
        SafetensorsFile file = SafetensorsFile.Read(path);
        SafetensorsFile.Write(
            path, [.. file.Tensors.Where(tensor => !tensor.Name.StartsWith("member.2.", StringComparison.Ordinal))], file.Metadata);
        string message = Assert.Throws<CheckpointException>(() => TrainedModel.Load(path, _device)).Message;
        Assert.EndsWith("has no tensor member.2.*, but tensors of other members", message, StringComparison.Ordinal);

        SafetensorsFile.Write(
            path, [.. file.Tensors.Where(tensor => tensor.Name != "member.2.affine_output.bias")], file.Metadata);
        message = Assert.Throws<CheckpointException>(() => TrainedModel.Load(path, _device)).Message;
        Assert.Contains("member 2: ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nmf++")]
    [InlineData("maml")]
    public void A_checkpoint_of_a_plan_that_this_program_does_not_know_is_scored_but_not_forked(string phases)
    {
        Plan plan = PlanCatalog.Find(phases, s_settings) with { Method = "own" };
        (string path, DataRequest request, ExperimentOutcome outcome) = Run("own", plan);
        foreach (TrainedModel trained in (TrainedModel[])[TrainedModel.Load(path, _device), TrainedModel.LoadToScore(path, _device)])
        {
            ExperimentData data = trained.Read(request with { Sources = [] });
            Assert.Equal(outcome.Tested().Scores, trained.Rank(data, Split.Test, null, new Ranker(Metric.Default, 1)).Scores);
            Assert.False(trained.NeedsData);
            Recommendation lists = new(trained, data.TargetRows, new ListRequest { NewCustomers = [["shared0"]], Most = 2 });
            Assert.Equal(2, lists.Make(threads: 1).Single().Items.Count);
            string message = Assert.Throws<CheckpointException>(() => trained.Adapt(data, same => same, null, Metric.Default)).Message;
            Assert.Equal(
                $"{path}: was trained by own; expects a model of nmf++, maml, reptile, anil, or a program that adds a plan that forks it "
                + "to PlanCatalog", message);
        }
    }

    [Theory]
    [InlineData("nmf++")]
    [InlineData("maml")]
    public void New_users_and_items_are_counted_and_ignored(string method)
    {
        (string path, DataRequest request, ExperimentOutcome outcome) = Run(method);
        string file = _directory["jp.txt"];
        File.AppendAllLines(file, Enumerable.Range(0, 9).Select(i => $"stranger {(i < 5 ? "shared0" : $"new{i}")} 5 2020-02-0{1 + i}"));
        TrainedModel trained = TrainedModel.Load(path, _device);
        ExperimentData data = trained.Read(request);
        Assert.Equal(
            [(NoteKind.UnknownUsers, 1, 25), (NoteKind.UnknownItems, 4, 34),
                (NoteKind.OtherRows, outcome.Markets[1].Market.Splits.Length, outcome.Markets[1].Market.Splits.Length)],
            data.Notes.Where(note => note.Kind is NoteKind.UnknownUsers or NoteKind.UnknownItems or NoteKind.OtherRows)
                .Select(note => (note.Kind, note.Count, note.Of)));
        RankedLists ranked = trained.Rank(data, Split.Test, null, new Ranker(Metric.Default, 1));
        Assert.Equal(outcome.Tested().Scores, ranked.Scores);
        Assert.Equal(outcome.Tested().Result.Means, ranked.Result.Means);
    }

    [Fact]
    public void Without_ids_data_with_another_digest_are_refused()
    {
        (string path, DataRequest request, _) = Run("gmf++");
        File.Delete(RunDirectory.IdsPath(path));
        TrainedModel trained = TrainedModel.Load(path, _device);
        Ranker ranker = new(Metric.Default, 1);
        trained.Rank(trained.Read(request), Split.Test, null, ranker);

        string[] lines = File.ReadAllLines(_directory["jp.txt"]);
        File.WriteAllLines(_directory["jp.txt"], [lines[0], lines[2], lines[1], .. lines[3..]]);
        string message = Assert.Throws<CheckpointException>(() => trained.Rank(trained.Read(request), Split.Test, null, ranker)).Message;
        Assert.Matches(
            "its ids file model.ids.tsv is missing, and the rows of jp are not those of its training: "
            + "their digest is [0-9a-f]{64}, the record has [0-9a-f]{64}$",
            message);
    }

    [Fact]
    public void Ids_of_another_number_of_markets_are_refused()
    {
        MarketUnion union = new([TestMarkets.Prepared("jp", 1), TestMarkets.Prepared("uk", 1)]);
        ModelShape shape = new(union.Users, union.Items.Count, 2, [4, 2]) { Markets = 3 };
        IRecommender model = ModelCatalog.Create("ma-gmf", _device, shape);
        string path = _directory["model.safetensors"];
        SafetensorsFile.Write(path, model.Tensors);
        new TableIds(union).Write(RunDirectory.IdsPath(path));
        string message = Assert.Throws<DataFormatException>(() => TrainedModel.Load(path, _device)).Message;
        Assert.Contains("model.ids.tsv: 2 markets, but", message, StringComparison.Ordinal);
        Assert.EndsWith("has parameters of 3 markets", message, StringComparison.Ordinal);
    }

    private static readonly TrainingSettings s_settings = new()
    {
        Gradient = new() { Epochs = 2 },
        Samples = new() { BatchSize = 256 },
        Model = new() { Ddtcdr = new() { Alpha = 0.4, DropoutInScoring = true } },
    };

    private (string Path, DataRequest Request, ExperimentOutcome Outcome) Run(
        string method, Plan? plan = null, int? seeds = null)
    {
        TrainingSettings settings = s_settings with { AverageSeeds = seeds };
        foreach (string name in (string[])["de", "jp", "uk"])
            WriteMarket(name);
        DataRequest request = new(
            MarketFiles.Find("jp", _directory.Root), [MarketFiles.Find("uk", _directory.Root), MarketFiles.Find("de", _directory.Root)]);
        ExperimentData data = ExperimentData.Load(request, settings);
        Experiment experiment = new()
        {
            Method = method,
            Preset = "paper",
            Target = "jp",
            Sources = ["de", "uk"],
            Settings = settings,
            MinimumRows = data.Protocol.Split.MinimumRows,
            Digests = data.Digests,
            EvaluationNegatives = 15,
        };
        ExperimentOutcome outcome = new ExperimentRunner(_device).Run(experiment, data.Markets, null, Metric.Default, plan: plan);
        using (RunDirectory run = RunDirectory.Open(_directory["run"]))
            run.Write(outcome, data.TargetRows, ResultFile.ToJson(outcome, _device, 1, 0), trec: false);
        return (Path.Combine(_directory["run"], "model.safetensors"), request, outcome);
    }

    private void WriteMarket(string name)
    {
        Ratings ratings = TestMarkets.Random(name, 1);
        IEnumerable<string> rows = Enumerable.Range(0, ratings.Count).Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"{ratings.Users.Text(ratings.UserOf[row])} {ratings.Items.Text(ratings.ItemOf[row])} "
            + $"{ratings.Rating[row]} 2020-01-{1 + ratings.Time![row].Seconds:00}"));
        File.WriteAllLines(_directory[$"{name}.txt"], rows.Prepend("userId itemId rate date"));
    }
}
