// The tasks of grids: which cells there are, and which stages they share.

using ForecEngine.Cli.Sweeps;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests.Sweeps;

public sealed class SweepPlanTests(SweepPlanTests.Markets markets) : IClassFixture<SweepPlanTests.Markets>
{
    private const string Seven = """ "targets": ["ca", "de", "fr", "in", "jp", "mx", "uk"] """;

    [Fact]
    public void The_49_ordered_pairs_of_7_markets_need_28_trainings()
    {
        Manifest plan = Plan($$"""{{{Seven}}, "sources": "each", "methods": ["nmf", "nmf++"], "presets": ["paper"]}""");
        Assert.Equal(49, plan.Cells.Count());
        SweepTask[] joint = [.. plan.Tasks.Where(task => task.Kind == TaskKind.Stage)];
        Assert.Equal(21, joint.Length);
        Assert.All(joint, stage => Assert.Equal(["gmf++", "mlp++", "nmf++"], stage.Stages));
        Assert.All(joint, stage => Assert.Equal(2, plan.Cells.Count(cell => cell.After.Contains(stage.Digest))));
        Assert.Equal(7, plan.Cells.Count(cell => cell.After.Count == 0)); // nmf on each market alone

        // The best epoch of tuned is chosen by the target's validation, so the two directions of a pair differ.
        Assert.DoesNotContain(
            Plan($$"""{{{Seven}}, "sources": "each", "methods": ["nmf++"]}""").Tasks, task => task.Kind == TaskKind.Stage);
    }

    [Fact]
    public void Stages_are_shared_by_methods_seeds_apart_and_each_task_stands_after_those_that_it_needs()
    {
        Manifest plan = Plan("""
            {"targets": ["jp", "in"], "sources": [["uk"]], "methods": ["gmf", "nmf", "gmf++", "nmf++", "maml", "forec"],
             "presets": ["paper"], "seeds": [1, 2]}
            """);
        Assert.Equal(24, plan.Cells.Count());
        Dictionary<string, int> places = plan.Tasks.Index().ToDictionary(task => task.Item.Digest, task => task.Index);
        Assert.All(plan.Tasks, task => Assert.All(task.After, before =>
        {
            Assert.True(places[before] < places[task.Digest]);
            Assert.Equal(task.Level - 1, plan.Tasks[places[before]].Level);
        }));
        Assert.Equal(
            ["gmf of jp, seed 1", "gmf++ of jp, uk, seed 1", "mlp++, nmf++ of jp, uk, seed 1", "maml of jp, uk, seed 1"],
            plan.Tasks.Where(task => task.Kind == TaskKind.Stage).Select(task => task.Name).Take(4));
        SweepTask forec = plan.Cells.First(cell => cell.Name.StartsWith("forec", StringComparison.Ordinal));
        Assert.Equal((3, 4), (forec.Level, forec.Stages.Count));
        Assert.All(plan.Tasks, task => Assert.True(task.Work > 0));
    }

    [Fact]
    public void A_method_without_sources_occurs_once_and_equal_cells_are_one()
    {
        Manifest plan = Plan("""
            {"targets": ["jp", "in"], "sources": ["each", "all", ["in"], ["uk", "jp"]], "methods": ["pop", "pop++"],
             "presets": ["paper"], "devices": ["cpu", "scalar"]}
            """);
        Assert.Equal(
            ["pop for in", "pop for jp", "pop++ for in with jp", "pop++ for in with jp, uk", "pop++ for in with uk",
                "pop++ for jp with in", "pop++ for jp with in, uk", "pop++ for jp with uk"],
            plan.Cells.Select(cell => cell.Name.Split(", seed")[0]).Order(StringComparer.Ordinal));
        Assert.Equal(plan.Tasks.Count, plan.Tasks.DistinctBy(task => task.Digest).Count());
    }

    [Fact]
    public void A_fraction_of_the_target_parts_the_directions_of_a_pair()
    {
        Manifest plan = Plan("""
            {"targets": ["jp", "in"], "sources": "each", "methods": ["nmf++", "nmf-forec"], "presets": ["paper"],
             "training-fractions": [1, 0.5]}
            """);
        Assert.Equal(8, plan.Cells.Count());
        Assert.Equal([4, 2, 2], plan.Tasks.Where(task => task.Kind == TaskKind.Stage)
            .Select(stage => plan.Cells.Count(cell => cell.After.Contains(stage.Digest))));
    }

    [Fact]
    public void Parts_of_a_file_share_stages_and_equal_cells()
    {
        Manifest plan = Plan("""
            {"targets": ["jp", "in", "uk"], "sources": "each", "presets": ["paper"], "methods": ["nmf++"],
             "parts": [{}, {"methods": ["nmf++", "maml"], "sources": "largest"}]}
            """);
        Assert.Equal(
            ["maml for in with uk", "maml for jp with uk", "maml for uk with jp"],
            plan.Cells.Select(cell => cell.Name.Split(", seed")[0]).Where(name => name[0] == 'm').Order(StringComparer.Ordinal));
        Assert.Equal(6, plan.Cells.Count(cell => cell.Name[0] == 'n'));
        Assert.Equal(3, plan.Tasks.Count(task => task.Kind == TaskKind.Stage && task.Stages[^1] == "nmf++"));
    }

    [Fact]
    public void A_manifest_is_read_back()
    {
        Manifest plan = Plan("""{"targets": ["jp"], "sources": [["in"]], "methods": ["nmf++"], "presets": ["paper"]}""");
        plan.Write(markets["manifest.json"]);
        Manifest read = Manifest.Read(markets["manifest.json"]);
        Assert.Equal(plan.ToJson().ToJsonString(), read.ToJson().ToJsonString());
        Assert.All(read.Cells, cell => Assert.Equal(cell.Digest, SweepTask.DigestOf(cell.Experiment.ToJson())));
        File.WriteAllText(markets["manifest.json"], "{}");
        Assert.Contains("is no manifest", Assert.Throws<DataFormatException>(() => Manifest.Read(markets["manifest.json"])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"targets": ["jq"], "methods": ["gmf"]}""", "targets: ", "no market 'jq'; did you mean 'jp'?")]
    [InlineData("""{"targets": ["jp"], "sources": [["nowhere"]], "methods": ["gmf"]}""", "sources: ", "'nowhere'")]
    [InlineData("""{"targets": ["jp"], "methods": ["nmf++"]}""", "sources: ", "nmf++ trains on other markets too")]
    [InlineData("""{"targets": ["jp"], "sources": [["jp"]], "methods": ["nmf++"]}""", "sources: ", "leaves no cell")]
    [InlineData("""{"targets": ["jp"], "methods": ["pop"], "options": {"epochs": 3}}""", "options: ", "--epochs has no effect with pop")]
    [InlineData("""{"targets": ["jp"], "methods": ["gmf"], "options": {"epochs": -3}}""", "gmf for jp, seed 42: ", "--epochs: -3 is not")]
    [InlineData("""{"targets": ["jp"], "methods": ["gmf"], "presets": ["papre"]}""", "options: ", "--preset: ")]
    public void What_train_would_refuse_is_refused_before_anything_is_trained(string json, string place, string problem)
    {
        string message = Assert.Throws<DataFormatException>(() => Plan(json)).Message;
        Assert.StartsWith($"{markets["grid.json"]}: {place}", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    private Manifest Plan(string json)
    {
        File.WriteAllText(markets["grid.json"], json);
        using StringWriter nowhere = new();
        using Interruption interruption = new([]);
        return SweepPlan.Make(
            GridFile.Read(markets["grid.json"]), new() { Grid = markets["grid.json"], Data = markets[""] },
            new Terminal(nowhere, nowhere, quiet: true, tables: false, interruption));
    }

    /// <summary>A folder with seven tiny markets, of which uk is the largest.</summary>
    public sealed class Markets : IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public Markets()
        {
            foreach (string market in (string[])["ca", "de", "fr", "in", "jp", "mx", "uk"])
            {
                File.WriteAllLines(_directory[$"{market}_5core.txt"], Enumerable.Range(0, market == "uk" ? 88 : 80).Select(row =>
                    $"u{row / 8} i{(row * 7 % 8) + (row / 8)} 5 2020-01-{1 + (row % 8):00}").Prepend("userId itemId rate date"));
            }
        }

        public string this[string name] => _directory[name];

        public void Dispose() => _directory.Dispose();
    }
}
