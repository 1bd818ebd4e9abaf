// Table 3 as numbers, computed by hand: where the source of a value comes from, and what is tested against what.

using ForecEngine.Cli.Reports;
using ForecEngine.Recommenders.Evaluation;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class MethodTableTests
{
    [Fact]
    public void Best_Src_is_chosen_by_validation_and_not_by_test()
    {
        // Validation prefers uk for maml, although test prefers in; for forec it is the other way round.
        MethodTable table = Table(
            Systems.Of("maml", "jp", "in", valid: 0.2, 0.9), Systems.Of("maml", "jp", "uk", valid: 0.3, 0.4),
            Systems.Of("forec", "jp", "in", valid: 0.6, 0.5), Systems.Of("forec", "jp", "uk", valid: 0.1, 0.7));

        MethodBlock best = table.Blocks[0];
        Assert.Equal(("Best-Src", BlockKind.BestSource), (best.Name, best.Kind));
        Assert.Equal(["maml", "forec"], best.Rows.Select(row => row.Method)); // the order of the catalogue of plans
        Assert.Equal(["uk", "in"], best.Rows.Select(row => row.Values[0]!.Source));
        Assert.Equal([0.4, 0.5], best.Rows.Select(row => row.Values[0]!.Scores.Means[0]));
    }

    [Fact]
    public void Ave_Src_is_the_mean_over_sources_for_users_too()
    {
        MethodTable table = Table(
            Systems.Of("maml", "jp", "in", 0.2, 0.1, 0.2, 0.3, 0.4), Systems.Of("maml", "jp", "uk", 0.3, 0.3, 0.4, 0.5, 0.8));

        SystemScores average = table.Blocks.Single(block => block.Name == "Ave-Src").Rows[0].Values[0]!.Scores;
        Assert.Equal(0.375, average.Means[0], 1e-15);
        Assert.Equal([0.2, 0.3, 0.4, 0.6], average.PerUser[0].Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void Fix_Src_has_the_given_source_for_all_targets_but_itself()
    {
        ResultGroup group = Systems.Group(
            Systems.Of("maml", "jp", "in", 0.2, 0.1), Systems.Of("maml", "jp", "uk", 0.2, 0.2), Systems.Of("maml", "uk", "in", 0.2, 0.3),
            Systems.Of("maml", "uk", "jp", 0.2, 0.4), Systems.Of("maml", "in", "uk", 0.2, 0.5), Systems.Of("maml", "in", "jp", 0.2, 0.6));

        MethodBlock block = MethodTable.Of(group, NamedRanking.Sampled, "uk").Blocks.Single(block => block.Name == "Fix-Src uk");
        Assert.Equal(["jp", "in", "uk"], group.Targets); // the order of the paper
        Assert.Equal([0.2, 0.5, null], block.Rows[0].Values.Select(value => value?.Scores.Means[0]));
        Assert.DoesNotContain(MethodTable.Of(group, NamedRanking.Sampled, "us").Blocks, other => other.Kind == BlockKind.FixedSource);
    }

    [Fact]
    public void A_value_needs_all_of_its_cells()
    {
        MethodTable table = Table(
            Systems.Of("maml", "jp", "in", 0.2, 0.9), Systems.Missing("maml", "jp", "uk"), Systems.Missing("nmf", "jp", null),
            Systems.Of("forec", "jp", "in", 0.2, 0.9), Systems.Of("forec", "jp", "uk", 0.3, 0.5));

        Assert.Null(table.Blocks.Single(block => block.Name == "Single").Rows[0].Values[0]);
        foreach (string name in (string[])["Best-Src", "Ave-Src"])
        {
            MethodBlock block = table.Blocks.Single(block => block.Name == name);
            Assert.Equal([true, false], block.Rows.Select(row => row.Values[0] is null));
        }
    }

    [Fact]
    public void Sets_of_several_sources_are_blocks_of_their_own()
    {
        MethodTable table = Table(
            With("maml", "jp", "in", "uk"), With("maml", "in", "jp", "uk"), With("maml", "uk", "in", "jp"),
            Systems.Of("maml", "jp", "uk", 0.2, 0.9));

        Assert.Equal(["Only source", "All others"], table.Blocks.Select(block => block.Name));
        Assert.All(table.Blocks[1].Rows[0].Values, Assert.NotNull);

        MethodTable listed = Table(With("maml", "jp", "in", "uk"), With("maml", "in", "jp", "uk"), With("maml", "de", "fr", "in"));
        Assert.Equal(["Others of in+jp+uk", "With fr+in"], listed.Blocks.Select(block => block.Name));

        static ResultSystem With(string method, string target, params string[] sources) =>
            Systems.Of(method, target, null, 0.1, 0.5) with { Sources = sources };
    }

    [Fact]
    public void A_method_is_tested_against_maml_and_nmf_plus_plus_of_its_block()
    {
        double[] parent = [0.1, 0.2, 0.3, 0.4], better = [0.2, 0.31, 0.4, 0.52], worse = [0.05, 0.16, 0.24, 0.35];
        MethodTable table = Table(
            Systems.Of("nmf++", "jp", "uk", 0.2, worse), Systems.Of("maml", "jp", "uk", 0.2, parent),
            Systems.Of("forec", "jp", "uk", 0.2, better), Systems.Of("nmf", "jp", null, 0.2, better));

        MethodBlock block = table.Blocks.Single(block => block.Name == "Only source");
        BaselineTest[] tests = [.. block.Rows.Single(row => row.Method == "forec").Values[0]!.Tests.Where(test => test.Metric == 0)];
        Assert.Equal(["maml", "nmf++"], tests.Select(test => test.Baseline));
        Assert.Equal(PairedTest.Of(parent, better), tests[0].Test);
        Assert.Equal(PairedTest.Of(worse, better), tests[1].Test);

        // The family has three tests: forec with maml, forec with nmf++, and maml with nmf++.
        double[] holm = PairedTest.Holm([tests[0].Test.P, tests[1].Test.P, PairedTest.Of(worse, parent).P]);
        Assert.Equal(holm[..2], tests.Select(test => test.HolmP));
        Assert.All(tests, test => Assert.True(test.IsGain));
        BaselineTest maml = block.Rows.Single(row => row.Method == "maml").Values[0]!.Tests.Single(test => test.Metric == 0);
        BaselineTest nmf = block.Rows.Single(row => row.Method == "nmf++").Values[0]!.Tests.Single(test => test.Metric == 0);
        Assert.Equal(("nmf++", holm[2], true), (maml.Baseline, maml.HolmP, maml.IsGain));
        Assert.Equal(("maml", holm[2], false, -maml.Test.Difference), (nmf.Baseline, nmf.HolmP, nmf.IsGain, nmf.Test.Difference));
        Assert.Empty(table.Blocks.Single(other => other.Name == "Single").Rows[0].Values[0]!.Tests);

        // The page marks the gains, and only these.
        ReportTable page = ResultTables.Of(table).First();
        Assert.Equal(["Only source", "forec", "0.3575\u2020\u2021"], page.Rows[^1].Select(cell => cell.Text));
        Assert.Equal(["0.3575", "0.2000", "0.2500\u2021", "0.3575\u2020\u2021"], page.Rows.Select(row => row[2].Text));
        Assert.Equal([false, false, false, true], page.Rows.Select(row => row[2].IsBest));
    }

    private static MethodTable Table(params ResultSystem[] systems) =>
        MethodTable.Of(Systems.Group(systems), NamedRanking.Sampled, "us");
}
