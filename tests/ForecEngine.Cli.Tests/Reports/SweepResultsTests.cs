// Which cells of a sweep are compared with each other.

using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Sweeps;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class SweepResultsTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Fact]
    public void Cells_with_the_same_preset_protocol_and_device_are_compared()
    {
        Conditions[] groups = Grouped("""
            {"targets": ["jp", "uk"], "sources": ["each"], "methods": ["pop", "gmf++"], "presets": ["paper", "tuned"],
             "protocols": ["paper", "acmr"], "devices": ["cpu", "opencl"], "seeds": [1, 2], "training-fractions": [1, 0.5]}
            """);
        Assert.Equal(8, groups.Length);
        Assert.Equal("preset paper, protocol paper", groups[0].ToString());
        Assert.Contains("preset tuned, protocol acmr, device opencl", groups.Select(group => group.ToString()));
    }

    [Fact]
    public void Parts_of_a_grid_that_differ_by_options_alone_are_not_one_system()
    {
        Conditions[] groups = Grouped("""
            {"targets": ["jp"], "sources": ["each"], "presets": ["paper"], "parts": [
                {"methods": ["gmf"], "options": {"epochs": 1}}, {"methods": ["gmf"], "options": {"epochs": 2, "batch-size": 64}}]}
            """);
        Assert.Equal(
            ["preset paper, --epochs 1", "preset paper, --epochs 2 --batch-size 64"], groups.Select(group => group.ToString()));

        // Parts with other methods or fractions are compared, whatever their options.
        Conditions one = Assert.Single(Grouped("""
            {"targets": ["jp"], "sources": ["each"], "presets": ["paper"], "parts": [
                {"methods": ["gmf"], "options": {"epochs": 1}}, {"methods": ["gmf++"], "options": {"epochs": 2}},
                {"methods": ["gmf"], "training-fractions": [0.5]}]}
            """));
        Assert.Equal("preset paper", one.ToString());
    }

    private Conditions[] Grouped(string grid)
    {
        File.WriteAllText(tool["grid.json"], grid);
        ToolRun.Run("sweep", "plan", tool["grid.json"], "--data", tool.Root, "--out", tool["plan"]).Done();
        return [.. SweepResults.Grouped(Manifest.Read(tool["plan/manifest.json"]).Cells.Select(cell => (cell, cell.Experiment)))
            .Select(group => group.Key)];
    }
}
