// Planning finds the stages that experiments share from their records alone. Training puts such stages into a cache.

using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Experiments;

public sealed class PlannedStageTests : StageRuns
{
    private static readonly Dictionary<string, MarketSize> s_sizes = ((string[])["jp", "uk", "de"]).ToDictionary(
        market => market, market => new MarketSize(30, 20, market.Length * 150));

    [Fact]
    public void Both_directions_of_a_pair_plan_the_same_stages_and_forks_begin_with_them()
    {
        IReadOnlyList<string> one = Keys(Record("nmf++", "jp", "uk"));
        Assert.Equal(one, Keys(Record("nmf++", "uk", "jp")));
        Assert.Equal(one, Keys(Record("forec", "uk", "jp")).Take(3));
        Assert.Equal(Keys(Record("forec", "jp", "uk"))[3], Keys(Record("maml", "uk", "jp"))[3]);
        Assert.NotEqual(Keys(Record("forec", "jp", "uk"))[4], Keys(Record("forec", "uk", "jp"))[4]);
        Assert.Equal(["gmf", "mlp", "nmf"], PlannedStage.Of(Record("nmf", "jp"), s_sizes).Select(stage => stage.Name));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void What_changes_the_rows_or_the_training_of_a_stage_changes_its_key(string what, Func<Experiment, Experiment> change)
    {
        Experiment record = Record("nmf++", "jp", "uk"), back = Record("nmf++", "uk", "jp");
        Assert.NotEqual(Keys(record)[0], Keys(change(record))[0]);

        // Of these, only the seed, the market's rows and the order of rows leave both directions alike.
        bool alike = what is "seed" or "digest" or "order";
        Assert.Equal(alike, Keys(change(record))[0] == Keys(change(back))[0]);
    }

    public static TheoryData<string, Func<Experiment, Experiment>> Others => new()
    {
        { "seed", record => record with { Seed = 9 } },
        { "digest", record => record with { Digests = new Dictionary<string, string> { ["jp"] = "other", ["uk"] = "uk" } } },
        { "order", record => record with { Order = RowOrder.Random, SplitSeed = 7 } },
        { "fraction", record => record with { TrainingFraction = 0.5, SplitSeed = 42 } },
        { "source rows", record => record with { SourceRows = SourceRows.All } },
        {
            "sel", record => record with
            {
                Settings = record.Settings with { Samples = record.Settings.Samples with { Sampling = Sampling.Sel } },
            }
        },
        {
            "best epoch", record => record with
            {
                Settings = record.Settings with { Gradient = record.Settings.Gradient with { KeptEpoch = KeptEpoch.Best } },
            }
        },
    };

    [Fact]
    public void A_fraction_makes_less_work_and_more_markets_more()
    {
        double whole = Work(Record("gmf", "jp"));
        Assert.Equal(whole / 2, Work(Record("gmf", "jp") with { TrainingFraction = 0.5 }));
        Assert.Equal(2 * whole, Work(Record("gmf++", "jp", "uk")));
        Assert.True(PlannedStage.RankingWork(Record("gmf", "jp"), s_sizes["jp"]) > 0);

        static double Work(Experiment record) => PlannedStage.Of(record, s_sizes).Sum(stage => stage.Work);
    }

    [Fact]
    public void Stages_trained_for_other_runs_are_taken_from_the_cache_and_only_shared_ones_are_in_it()
    {
        using SimdDevice device = new(1);
        Experiment record = Record("nmf-forec", "jp", "uk") with { EvaluationNegatives = 15 };
        IReadOnlyList<string> files = new ExperimentRunner(device, stages: Cache()).TrainStages(
            record, [TestMarkets.Prepared("jp", 1, users: 30), TestMarkets.Prepared("uk", 1, users: 40)], count: 3);
        Assert.Equal(3, files.Count);
        Assert.All(files, file => Assert.True(File.Exists(file)));
        StageStore shared = new(Folder.Root, null) { IsShared = name => name is "gmf++" or "mlp++" or "nmf++" };
        ExperimentOutcome outcome = Run("nmf-forec", stages: shared);
        Same(Run("nmf-forec"), outcome);
        Assert.Equal([true, true, true, false], outcome.Phases.Select(phase => phase.Cached));
        Assert.Equal(files.Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder.Root, "*.safetensors").Order(StringComparer.Ordinal));
    }

    private static IReadOnlyList<string> Keys(Experiment record) => [.. PlannedStage.Of(record, s_sizes).Select(stage => stage.Key)];

    private static Experiment Record(string method, string target, params string[] sources) => new()
    {
        Method = method,
        Preset = "paper",
        Target = target,
        Sources = sources,
        Settings = Settings,
        Seed = 1,
        Digests = sources.Append(target).ToDictionary(market => market, market => market),
    };
}
