// Sampled candidates are saved and given back, by every verb that ranks.

using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class SavedCandidatesTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void A_saved_draw_gives_the_same_values_of_users_in_training_with_another_seed_repetition_and_evaluation()
    {
        string saved = tool["saved"], given = tool["given"];
        tool.Train("--method", "gmf", "--seed", "1", "--out", saved, "--save-candidates").Done();
        string test = Path.Combine(saved, "test.candidates.tsv"), valid = Path.Combine(saved, "valid.candidates.tsv");
        string[] lists = ["--test-candidates", test, "--valid-candidates", valid];
        Said said = tool.Train(["--method", "gmf", "--seed", "1", "--out", given, "--save-candidates", .. lists]).Done();
        Assert.Contains("| test  | sampled, from a file |", said.Output, StringComparison.Ordinal);
        foreach (string name in (string[])["per-user.csv", "test.candidates.tsv", "valid.candidates.tsv", "test.qrels.tsv"])
            Assert.Equal(File.ReadAllText(Path.Combine(saved, name)), File.ReadAllText(Path.Combine(given, name)));

        foreach (string path in lists.Where(File.Exists))
            File.Copy(path, tool[$"{Path.GetFileName(path)}"]);
        ToolRun.Run("run", Path.Combine(given, "result.json"), "--data", tool.Root, "--out", tool["again"], "--quiet").Done();
        Assert.Equal(File.ReadAllText(Path.Combine(given, "per-user.csv")), File.ReadAllText(tool[Path.Combine("again", "per-user.csv")]));

        tool.Train(["--method", "gmf", "--seed", "2", "--out", tool["other"], "--save-candidates", .. lists]).Done();
        Assert.Equal(File.ReadAllText(test), File.ReadAllText(tool[Path.Combine("other", "test.candidates.tsv")]));

        string ndcg = tool.Json(Path.Combine("saved", "result.json"))["test"]!["ndcg@10"]!.ToJsonString();
        string[] asLists = ["--candidates", test, "--qrels", Path.Combine(saved, "test.qrels.tsv")];
        foreach (string[] more in (string[][])[[], ["--test-candidates", test], asLists])
        {
            Evaluate(saved, [.. more, "--json", tool["evaluated.json"]]).Done();
            Assert.Equal(ndcg, tool.Json("evaluated.json")["ndcg@10"]!.ToJsonString());
        }

        Evaluate(saved, "--out", tool["lists"], "--save-candidates", "--split", "valid").Done();
        Assert.Equal(["valid.candidates.tsv", "valid.qrels.tsv"],
            Directory.GetFiles(tool["lists"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        said = Evaluate(given).Done();
        Assert.Contains("the candidates of test are not the given ones of training", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_without_effect_and_incomplete_lists_are_refused()
    {
        File.WriteAllText(tool["few.tsv"], "nobody\tnothing\n");
        string[] few = ["--test-candidates", tool["few.tsv"]];
        tool.Train(["--method", "gmf", .. few]).Failed(1, "few.tsv: has no list for ");
        tool.Train(["--method", "gmf", .. few, "--candidates-from", "all"]).Failed(1, "few.tsv: has no effect");
        tool.Train("--method", "gmf", "--save-candidates").Failed(2, "--save-candidates: the files go into --out, which is missing");
        tool.Train("--method", "gmf", "--save-candidates", "--out", tool["none"], "--candidates-from", "all")
            .Failed(2, "--save-candidates has no effect: no candidates are sampled");
        tool.Train("--method", "gmf", "--out", tool["trained"]).Done();
        Evaluate(tool["trained"], "--split", "test", "--valid-candidates", tool["few.tsv"])
            .Failed(2, "--valid-candidates has no effect with --split test");
    }

    private Said Evaluate(string model, params string[] more) =>
        ToolRun.Run(["evaluate", "--data", tool.Root, "--target", "jp", "--model", model, .. more]);
}
