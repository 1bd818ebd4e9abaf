// forec compare on the runs of train, and the files and tables that it and readers need: values of users, groups.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class CompareTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Runs_are_compared_with_intervals_and_p_values_and_seeds_of_a_system_together()
    {
        foreach (string seed in (string[])["1", "2"])
            tool.Train("--method", "gmf", "--seed", seed, "--out", tool[Path.Combine("compared", $"gmf-{seed}")]).Done();
        Pop("compared", "pop").Done();
        Said said = ToolRun.Run("compare", tool[Path.Combine("compared", "pop")], tool[Path.Combine("compared", "gmf-*")],
            "--resamples", "200", "--json", tool["compared.json"]).Done();
        Assert.Contains("| gmf-1 +1 | gmf    | tuned  | 1 2   |", said.Output, StringComparison.Ordinal);
        Assert.Contains("| gmf-1 +1 - pop | all        | ndcg@10 |", said.Output, StringComparison.Ordinal);
        JsonObject json = tool.Json("compared.json");
        Assert.Equal(("forec.comparison/1", 200, 6, 12), ((string?)json["schema"], (int?)json["resamples"],
            json["pairs"]!.AsArray().Count, json["means"]!.AsArray().Count));
        JsonNode mrr = json["means"]!.AsArray().Single(
            mean => ((string?)mean!["system"], (string?)mean["candidates"], (string?)mean["metric"]) == ("pop", "sampled", "mrr"))!;
        Assert.Equal((double)tool.Json(Path.Combine("compared", "pop", "result.json"))["test"]!["mrr"]!, (double)mrr["mean"]!, 1e-12);
    }

    [Fact]
    public void Equal_runs_have_p_1_and_an_empty_interval()
    {
        Pop("equal", "one").Done();
        Pop("equal", "two").Done();
        string[] line = ["compare", tool[Path.Combine("equal", "one")], tool[Path.Combine("equal", "two")], "--resamples", "100", "--json"];
        ToolRun.Run([.. line, tool["equal.json"]]).Done();
        Assert.All(tool.Json("equal.json")["pairs"]!.AsArray(), pair => Assert.Equal(
            ["0", "[0,0]", "1", "1"],
            ((string[])["difference", "interval", "p", "p_holm"]).Select(name => pair![name]!.ToJsonString())));
    }

    [Fact]
    public void Runs_that_were_not_tested_alike_and_folders_without_a_run_are_refused_in_one_line()
    {
        string one = tool[Path.Combine("refused", "one")], two = tool[Path.Combine("refused", "two")];
        Pop("refused", "one").Done();
        Pop("refused", "two", "--evaluate-from", "5").Done();
        ToolRun.Run("compare", one, two).Failed(1, $"evaluate_from is 7 in {one}, 5 in {two}");
        ToolRun.Run("compare", one, tool.Root).Failed(1, "result.json");
        ToolRun.Run("compare", one, tool["nowhere"]).Failed(1, $"{tool["nowhere"]}: no such directory");
        ToolRun.Run("compare", one, tool["none-*"]).Failed(1, "none-*");
        ToolRun.Run("compare", one, one, "--metrics", "hr@3").Failed(1, "has no values of hr@3; it has ndcg@10, hr@10, mrr");
        ToolRun.Run("compare", one, "--pairs", "some").Failed(2, "--pairs: 'some' is not one of first, all");
        ToolRun.Run("compare").Failed(2, "--run RUN is missing");
        File.Delete(Path.Combine(two, "per-user.csv"));
        ToolRun.Run("compare", one, two).Failed(1, $"{two}: has no per-user.csv");
    }

    [Fact]
    public void Values_of_users_and_groups_are_the_same_from_training_from_a_finished_run_and_from_evaluate()
    {
        string run = tool["grouped"];
        Said trained = tool.Train("--method", "gmf", "--out", run, "--groups", "--per-user", tool["users.csv"]).Done();
        Assert.Equal(File.ReadAllText(Path.Combine(run, "per-user.csv")), File.ReadAllText(tool["users.csv"]));
        Said finished = tool.Train("--method", "gmf", "--out", run, "--resume", "--groups", "--per-user", tool["again.csv"]).Done();
        Assert.Equal(trained.Output, finished.Output);
        Assert.Equal(File.ReadAllText(tool["users.csv"]), File.ReadAllText(tool["again.csv"]));
        Said evaluated = ToolRun.Run("evaluate", "--data", tool.Root, "--target", "jp", "--model", run, "--groups", "--per-user",
            tool["test.csv"], "--json", tool["evaluated.json"], "--quiet").Done();
        Assert.Contains(evaluated.Output[evaluated.Output.IndexOf("| users by", StringComparison.Ordinal)..], trained.Output,
            StringComparison.Ordinal);
        Assert.Equal(File.ReadLines(tool["users.csv"]).Where(line => !line.StartsWith("valid", StringComparison.Ordinal)),
            File.ReadLines(tool["test.csv"]));
        Assert.Equal(20, tool.Json("evaluated.json")["groups"]!.AsArray().Count);
        Assert.Equal(
            tool.Json(Path.Combine("grouped", "result.json"))["coverage"]!.ToJsonString(),
            tool.Json("evaluated.json")["coverage"]!.ToJsonString());
    }

    [Fact]
    public void Values_of_users_need_a_known_format_and_evaluated_users()
    {
        tool.Train("--method", "gmf", "--per-user", tool["users.txt"]).Failed(2, "--per-user:", "does not end with .csv or .parquet");
        Pop("unheld", "run", "--hold-out", "none", "--per-user", tool["users.csv"])
            .Failed(1, "--per-user: there is no ranking to write; jp: nothing is held out");
    }

    private Said Pop(string folder, string name, params string[] more) => ToolRun.Run(
        ["train", "--data", tool.Root, "--target", "jp", "--method", "pop", "--quiet", "--out", tool[Path.Combine(folder, name)], .. more]);
}
