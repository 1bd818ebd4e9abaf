// Table 4 as numbers, computed by hand.

using ForecEngine.Cli.Reports;
using ForecEngine.Recommenders.Evaluation;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class GainTableTests
{
    [Fact]
    public void Gains_are_in_per_cent_by_source_and_target_and_averages_leave_out_the_diagonal()
    {
        GainTable table = Assert.Single(GainTable.Of(
            Systems.Group(
                Systems.Of("maml", "jp", "uk", 0.2, 0.2), Systems.Of("forec", "jp", "uk", 0.2, 0.25),
                Systems.Of("maml", "uk", "jp", 0.2, 0.4), Systems.Of("forec", "uk", "jp", 0.2, 0.3),
                Systems.Of("maml", "jp", "in", 0.2, 0.1), Systems.Of("forec", "jp", "in", 0.2, 0.15),
                Systems.Of("maml", "uk", "in", 0.2, 0.1), Systems.Missing("forec", "uk", "in"),
                Systems.Of("nmf-forec", "uk", "in", 0.2, 0.1)), NamedRanking.Sampled));

        Assert.Equal(("forec", "maml"), (table.Method, table.Parent));
        Assert.Equal(["jp", "in", "uk"], table.Sources);
        Assert.Equal(["jp", "uk"], table.Targets);
        ReportTable page = ResultTables.Of(table, NamedRanking.Sampled);
        Assert.Equal(
        [
            ["jp", "-", "-25.00", "-25.00"], ["in", "+50.00", "-", "+50.00"], ["uk", "+25.00", "-", "+25.00"],
            ["average", "+37.50", "-25.00", "+16.67"],
        ], page.Rows.Select(row => row.Select(cell => cell.Text).ToArray()));
        Assert.Contains("leave out the diagonal", page.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_is_tested_over_users_with_a_correction_over_the_table()
    {
        double[] parent = [0.1, 0.2, 0.3, 0.4], fork = [0.2, 0.31, 0.4, 0.52], same = [0.4, 0.3, 0.2, 0.1];
        GainTable table = Assert.Single(GainTable.Of(
            Systems.Group(
                Systems.Of("maml", "jp", "uk", 0.2, parent), Systems.Of("forec", "jp", "uk", 0.2, fork),
                Systems.Of("maml", "uk", "jp", 0.2, parent), Systems.Of("forec", "uk", "jp", 0.2, same)), NamedRanking.Sampled));

        Gain first = table.Gains[1][0]!, second = table.Gains[0][1]!;
        double[] holm = PairedTest.Holm([PairedTest.Of(parent, same).P, PairedTest.Of(parent, fork).P]);
        Assert.Equal((PairedTest.Of(parent, fork), holm[1], true), (first.Test!.Value, first.HolmP, first.IsSignificant));
        Assert.Equal((holm[0], false), (second.HolmP, second.IsSignificant));
        Assert.Equal(["-", "0.00"], ResultTables.Of(table, NamedRanking.Sampled).Rows[0].Take(1..3).Select(cell => cell.Text));
    }
}
