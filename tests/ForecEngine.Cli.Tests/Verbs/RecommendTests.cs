// forec recommend makes lists from a run's directory, without the original data.

using ForecEngine.Recommenders.Data;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class RecommendTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Lists_need_only_the_run_and_files_have_the_same_content_as_standard_output()
    {
        string run = Trained("nmf", "lists");
        string[] users = [.. File.ReadLines(tool["jp_5core.txt"]).Skip(1).Select(line => line.Split(' ')[0]).Distinct()];
        Said said = Recommend(run, "--top", "3").Done();
        string[][] rows = [.. said.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(','))];
        Assert.Equal(["user", "rank", "item", "score"], rows[0]);
        IEnumerable<(string, string)> expected = users.SelectMany(user => Enumerable.Range(1, 3).Select(rank => (user, $"{rank}")));
        Assert.Equal(expected, rows.Skip(1).Select(row => (row[0], row[1])));
        foreach (string format in (string[])["csv", "tsv", "jsonl"])
        {
            Recommend(run, "--top", "3", "--format", format, "--out", tool[$"lists.{format}"]).Done();
            Assert.Equal(Recommend(run, "--top", "3", "--format", format).Output, File.ReadAllText(tool[$"lists.{format}"]));
        }

        Assert.Equal(said.Output.Replace(',', '\t'), File.ReadAllText(tool["lists.tsv"]));
        Recommend(run, "--format", "parquet", "--out", tool["lists.parquet"]).Done();
        Assert.Equal("PAR1"u8, File.ReadAllBytes(tool["lists.parquet"]).AsSpan(0, 4));
    }

    [Fact]
    public void Lists_can_be_made_for_selected_users_and_for_new_customers()
    {
        string run = Trained("gmf", "some");
        string[][] rows = [.. File.ReadLines(tool["jp_5core.txt"]).Skip(1).Select(line => line.Split(' '))];
        string[] users = [.. rows.Select(row => row[0]).Distinct()], items = [.. rows.Select(row => row[1]).Distinct()];
        File.WriteAllLines(tool["users"], [users[5], users[2]]);
        string[] newcomers = ["--items", $"{items[0]},\"{items[1]}\"", "--items", items[2]];
        Said said = Recommend(
            run, ["--user", users[9], "--users", tool["users"], .. newcomers, "--top", "2", "--json", tool["some.json"]]).Done();
        string[] lists = [users[9], users[5], users[2], "items:1", "items:2"];
        Assert.Equal(lists.SelectMany(user => (string[])[user, user]), Users(said));
        Assert.Equal((5, 2), ((int)tool.Json("some.json")["lists"]!, (int)tool.Json("some.json")["folded_in"]!));
        Assert.Equal("forec.recommendation/1", (string?)tool.Json("some.json")["schema"]);

        // Given rows replace those of the run; a customer who is new in them is folded in.
        File.WriteAllLines(tool["fresh.csv"], ["user,item", $"newcomer,{items[0]}", $"newcomer,{items[1]}"]);
        Said fresh = Recommend(run, "--target", $"jp={tool["fresh.csv"]}", "--top", "2").Done();
        Assert.Equal(["newcomer", "newcomer"], Users(fresh));
    }

    [Fact]
    public void Users_and_items_that_are_left_out_are_counted_in_a_note()
    {
        string run = Trained("gmf", "counted");
        string[][] rows = [.. File.ReadLines(tool["jp_5core.txt"]).Skip(1).Select(line => line.Split(' '))];
        string user = rows[0][0], own = rows[0][1];
        File.WriteAllLines(tool["only"], [own, "nothing"]);
        Said said = ToolRun.Run("recommend", "--model", run, "--threads", "1", "--user", user, "--only-items", tool["only"]).Done();
        Assert.Equal("user,rank,item,score\n", said.Output);
        Assert.Contains("1 without a list: customers who have every item that could be recommended", said.Error, StringComparison.Ordinal);
        Assert.Contains("1 items of --only-items unknown", said.Error, StringComparison.Ordinal);
        said = Recommend(run, "--user", user, "--only-items", tool["only"], "--include-seen").Done();
        Assert.StartsWith($"user,rank,item,score\n{user},1,{own},", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_and_unknown_users_and_items_are_refused()
    {
        string run = Trained("gmf", "refused");
        Recommend(run, "--user", "nobody").Failed(1, "jp: user nobody is neither in the rows nor in the model");
        Recommend(run, "--items", "x").Failed(1, "knows none of the items x");
        Recommend(run, "--items", "a\tb").Failed(2, "--items: an id must not contain a tab");
        Recommend(run, "--items", "a,,b").Failed(2, "--items: an id of 'a,,b' is empty");
        Recommend(run, "--items", "\"a").Failed(2, "--items: a quote in '\"a' is not closed");
        Recommend(run, "--top", "0").Failed(2, "--top: 0 is less than 1");
        Recommend(run, "--format", "xml").Failed(2, "--format: 'xml' is not one of csv, tsv, jsonl, parquet");
        Recommend(run, "--format", "parquet").Failed(2, "--format: parquet", "--out");
        Recommend(run, "--json", "-").Failed(2, "--json", "--out");
        Recommend(run, "--users", tool["none"]).Failed(1, tool["none"]);
        Recommend(run, "--out", tool[Path.Combine("no", "where.csv")]).Failed(1, "there is no directory");
        Recommend(tool["none"]).Failed(1, "no such file");
        Recommend(run, "--source", "uk").Failed(2, "--source");
        File.Delete(Path.Combine(run, "rows.tsv"));
        Recommend(run).Failed(2, "--target", "rows.tsv");
    }

    [Fact]
    public void A_failure_while_writing_lists_leaves_the_old_file()
    {
        string run = Trained("gmf", "kept");
        string lists = tool["kept.csv"];
        File.WriteAllText(lists, "old");
        Recommend(run, "--user", "nobody", "--out", lists).Failed(1, "nobody");
        Assert.Equal("old", File.ReadAllText(lists));
        Assert.Empty(Directory.GetFiles(tool.Root, ".kept.csv*"));
    }

    private static Said Recommend(string run, params string[] more) =>
        ToolRun.Run(["recommend", "--model", run, "--threads", "1", "--quiet", .. more]);

    private static IEnumerable<string> Users(Said said) => said.Output.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(',')[0]);

    private string Trained(string method, string name)
    {
        tool.Train("--method", method, "--out", tool[name]).Done();
        return tool[name];
    }
}
