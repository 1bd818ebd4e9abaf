// forec run repeats a recorded experiment. It finds the data files by their content.

using System.Text.Json.Nodes;
using Xunit;

namespace ForecEngine.Cli.Tests.Verbs;

public sealed class RunTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Theory]
    [InlineData("nmf++", "--preset", "authors-code", "--source", "uk")]
    [InlineData("gmf", "--minimum-rows", "8", "--candidates-from", "all", "--k-core", "2")]
    [InlineData("itemknn", "--evaluate-from", "8")]
    public void A_record_gives_the_same_model_and_numbers_from_renamed_files(string method, params string[] more)
    {
        string run = Path.Combine("recorded", method), again = Path.Combine("again", method), elsewhere = tool[$"elsewhere-{method}"];
        string[] epochs = method == "itemknn" ? [] : ["--epochs", "1"];
        ToolRun.Run(
            ["train", "--data", tool.Root, "--target", "jp", "--method", method, .. epochs, .. more, "--out", tool[run], "--quiet"]).Done();
        Directory.CreateDirectory(elsewhere);
        File.Copy(tool["jp_5core.txt"], Path.Combine(elsewhere, "shop.txt"));
        File.Copy(tool["uk_5core.txt"], Path.Combine(elsewhere, "jp.txt")); // the name of another market
        File.WriteAllText(Path.Combine(elsewhere, "notes.csv"), "no ratings\n");
        JsonObject result = tool.Json(Path.Combine(run, "result.json"));
        File.WriteAllText(tool["bare.json"], result["experiment"]!.ToJsonString());

        foreach (string record in (string[])[tool[Path.Combine(run, "result.json")], tool["bare.json"]])
        {
            ToolRun.Run("run", record, "--data", elsewhere, "--out", tool[again], "--force", "--quiet").Done();
            JsonObject repeated = tool.Json(Path.Combine(again, "result.json"));
            Assert.True(JsonNode.DeepEquals(result["experiment"], repeated["experiment"]));
            Assert.True(JsonNode.DeepEquals(result["test"], repeated["test"]));
            Assert.Equal(
                File.ReadAllBytes(tool[Path.Combine(run, "model.safetensors")]),
                File.ReadAllBytes(tool[Path.Combine(again, "model.safetensors")]));
        }
    }

    [Fact]
    public void The_error_for_missing_data_names_the_nearest_file()
    {
        tool.Train("--method", "gmf", "--out", tool["once"]).Done();
        string other = tool["other"];
        Directory.CreateDirectory(other);
        File.WriteAllLines(Path.Combine(other, "jp.txt"), File.ReadLines(tool["jp_5core.txt"]).SkipLast(1));
        Rerun(other).Failed(1, "no file has the rows of jp", $"the nearest by name is {Path.Combine(other, "jp.txt")}");
        File.Delete(Path.Combine(other, "jp.txt"));
        Rerun(other).Failed(1, "no file has the rows of jp", "no file has this name");
        Rerun(tool["nowhere"]).Failed(1, "no such directory");

        Said Rerun(string data) => ToolRun.Run("run", tool[Path.Combine("once", "result.json")], "--data", data, "--quiet");
    }

    [Fact]
    public void The_error_for_a_record_without_digests_names_the_record_and_the_market()
    {
        string record = tool["undigested.json"];
        File.WriteAllText(record, """{"method": "gmf", "preset": "paper", "target": "jp"}""");
        ToolRun.Run("run", record, "--data", tool.Root, "--quiet").Failed(1, $"{record}: has no digest of jp");
    }

    [Fact]
    public void A_file_without_a_record_is_refused_in_one_line()
    {
        File.WriteAllText(tool["none.json"], """{"schema": "other"}""");
        ToolRun.Run("run", tool["none.json"], "--quiet").Failed(1, $"{tool["none.json"]}: contains no record of an experiment");
        File.WriteAllText(tool["none.json"], "[");
        ToolRun.Run("run", tool["none.json"], "--quiet").Failed(1, $"{tool["none.json"]}: contains no record of an experiment");
        File.WriteAllText(tool["none.json"], "[1]");
        ToolRun.Run("run", tool["none.json"], "--quiet").Failed(
            1, $"{tool["none.json"]}: contains no record of an experiment: expects a result.json, or its part 'experiment'");
        ToolRun.Run("run", tool["absent.json"], "--quiet").Failed(1, tool["absent.json"]);
        ToolRun.Run("run").Failed(2, "--experiment FILE is missing");
    }
}
