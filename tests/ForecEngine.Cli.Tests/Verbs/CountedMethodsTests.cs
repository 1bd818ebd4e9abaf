// The tool with pop and itemknn, which train, evaluate, recommend and resume like any other method; and full ranking.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class CountedMethodsTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Theory]
    [InlineData("pop")]
    [InlineData("itemknn")]
    public void A_counting_method_trains_evaluates_and_recommends_like_any_other(string method)
    {
        string run = Path.Combine("runs", method), cache = tool["cache"];
        Train(method, "--out", tool[run], "--trec", "--cache", cache).Done();
        JsonObject result = tool.Json(Path.Combine(run, "result.json"));
        Said said = ToolRun.Run(
            "evaluate", "--data", tool.Root, "--target", "jp", "--model", tool[run], "--quiet", "--json", tool["evaluated.json"]);
        said.Done();
        Assert.Equal((double)result["test"]!["ndcg@10"]!, (double)tool.Json("evaluated.json")["ndcg@10"]!);

        string item = File.ReadLines(tool["jp_5core.txt"]).Skip(1).First().Split(' ')[1];
        said = ToolRun.Run("recommend", "--model", tool[run], "--items", item, "--top", "2", "--quiet").Done();
        Assert.Equal(3, said.Output.TrimEnd('\n').Split('\n').Length);

        // Trains again, from the cache and then with --resume.
        Said cached = ToolRun.Run("train", "--data", tool.Root, "--target", "jp", "--method", method, "--cache", cache).Done();
        Assert.Contains($"{method}: taken from {cache}", cached.Error, StringComparison.Ordinal);
        Assert.Contains(
            "this run has finished", Train(method, "--out", tool[run], "--trec", "--resume").Done().Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("itemknn++", "equal")]
    [InlineData("itemknn++", "sel", "--sampling", "sel")]
    [InlineData("gmf++", "sel", "--epochs", "1")]
    public void The_sampling_of_a_preset_is_that_of_gradient_descent(string method, string sampling, params string[] options)
    {
        string run = $"{method}-{sampling}";
        Train(method, ["--source", "uk", "--out", tool[run], .. options]).Done();
        Assert.Equal(sampling, (string?)tool.Json(Path.Combine(run, "result.json"))["experiment"]!["options"]!["sampling"]);
    }

    [Fact]
    public void Full_ranking_is_used_when_requested_and_recorded()
    {
        Train("pop", "--candidates-from", "all", "--out", tool["all"]).Done();
        Train("pop", "--out", tool["sampled"]).Done();
        JsonObject all = tool.Json(Path.Combine("all", "result.json")), sampled = tool.Json(Path.Combine("sampled", "result.json"));
        Assert.Equal(("all", "both"), ((string?)all["candidates_from"], (string?)sampled["candidates_from"]));
        Assert.Equal("all", (string?)all["experiment"]!["candidates_from"]);
        Assert.True((double)all["test"]!["ndcg@10"]! < (double)sampled["test"]!["ndcg@10"]!);

        // By default, evaluate uses the candidates of the run.
        Assert.Equal((double)all["test"]!["mrr"]!, Mrr("all"));
        Assert.Equal((double)sampled["test"]!["mrr"]!, Mrr("all", "--candidates-from", "sampled"));

        double Mrr(string run, params string[] more)
        {
            ToolRun.Run(
            [
                "evaluate", "--data", tool.Root, "--target", "jp", "--model", tool[run], "--quiet", "--json", tool["mrr.json"], .. more,
            ]).Done();
            return (double)tool.Json("mrr.json")["mrr"]!;
        }
    }

    [Fact]
    public void Options_without_effect_are_refused()
    {
        Train("pop", "--epochs", "3").Failed(2, "--epochs has no effect with pop");
        Train("itemknn", "--source", "uk").Failed(2, "--source has no effect with itemknn");
    }

    private Said Train(string method, params string[] more) =>
        ToolRun.Run(["train", "--data", tool.Root, "--target", "jp", "--method", method, "--threads", "1", .. more]);
}
