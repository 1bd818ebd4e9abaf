// The published figures, and what the report says about them.

using ForecEngine.Cli.Reports;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class PublishedTests
{
    private static readonly Published s_published = Published.Figures;

    [Fact]
    public void Every_list_has_a_figure_for_each_market()
    {
        Assert.Equal(["de", "jp", "in", "fr", "ca", "mx", "uk"], s_published.Markets);
        Assert.Equal(s_published.Markets, s_published.Files.Keys);
        Assert.Equal(["paper", "ECIR 2023", "baselines", "ACMR 2024"], s_published.Publications.Select(publication => publication.Name));
        Assert.All(s_published.Publications.SelectMany(publication => publication.Figures), figure =>
        {
            Assert.Equal(7, figure.Ndcg.Count);
            Assert.Equal(7, figure.Hr?.Count ?? 7);
            Assert.All(figure.Ndcg.Concat(figure.Hr ?? []), value => Assert.InRange(value, 0.01, 1));
        });
        Assert.All(s_published.Publications, publication => Assert.Contains(publication.Protocol, Recommenders.Experiments.Protocol.Names));
        Assert.All(s_published.Gains.Values, gains => Assert.Equal(7, gains.Count));
        Assert.All(s_published.Electronics.Values, sizes => Assert.Equal(3, sizes.Count));
    }

    // The paper's tables 3 and 4 agree where both have us as the source, to the rounding of the former.
    [Fact]
    public void The_gains_of_table_4_are_those_of_table_3()
    {
        double[] forec = [.. Of("forec").Ndcg], maml = [.. Of("maml").Ndcg];
        Assert.All(s_published.Gains["us"].Index(), gain =>
        {
            double ratio = forec[gain.Index] / maml[gain.Index], rounding = 0.5e-4 * (1 + ratio) / maml[gain.Index];
            Assert.Equal(100 * (ratio - 1), gain.Item!.Value, (100 * rounding) + 0.005);
        });

        static PublishedFigure Of(string method) => s_published.Publications[0].Figures
            .Single(figure => (figure.Sources, figure.Method) == ("Fix-Src us", method));
    }

    [Fact]
    public void The_only_impossible_figure_is_the_papers_gmf_for_de()
    {
        ImpossibleFigure figure = Assert.Single(Published.Impossible(s_published.Markets, s_published.Publications));
        Assert.Equal(("paper", "gmf", "de", 0.1109, 0.4435),
            (figure.Publication.Name, figure.Figure.Method, figure.Market, figure.Ndcg, figure.Hr));
        Assert.Equal(0.1282, figure.Least, 1e-4);
    }

    [Theory]
    [InlineData(0.2890, 1.0, true)] // all hits at rank 10 give 1 / log2(11) = 0.28906
    [InlineData(0.2889, 1.0, false)]
    [InlineData(0.5, 0.5, true)] // all hits at rank 1
    [InlineData(0.5003, 0.5, false)]
    public void A_pair_is_impossible_only_beyond_its_rounding(double ndcg, double hr, bool isPossible)
    {
        Publication publication = s_published.Publications[0] with
        {
            Figures = [new PublishedFigure("Single", "gmf", NamedRanking.Sampled, [ndcg], [hr])],
        };
        Assert.Equal(isPossible, !Published.Impossible(["jp"], [publication]).Any());
    }

    [Fact]
    public void Popularity_wins_under_the_protocol_of_ACMR_and_once_under_that_of_ECIR_2023()
    {
        PopularProtocol[] protocols = [.. s_published.Popularity()];
        Assert.Equal(["ECIR 2023", "ACMR 2024"], protocols.Select(protocol => protocol.Publication.Name));
        Assert.Equal(["ca"], protocols[0].Wins);
        Assert.Equal(["jp", "in", "ca", "mx"], protocols[1].Wins);
        Assert.Equal(["de", "fr", "uk"], protocols[1].Close);
    }

    [Fact]
    public void The_digests_are_those_of_the_files_of_XMarket()
    {
        string xmarket = RepositoryFiles.At("..", "shared", "data", "xmarket");
        if (!Directory.Exists(xmarket))
            Assert.Skip($"{xmarket} is not here");
        Assert.All(s_published.Files, file => Assert.Equal(
            file.Value, Recommenders.Data.RatingsReader.Read(file.Key, [Path.Combine(xmarket, $"{file.Key}_5core.txt")]).Digest));
    }

    [Fact]
    public void Markets_with_the_names_of_others_do_not_stand_beside_them()
    {
        Assert.True(s_published.IsOf("jp", s_published.Files));
        Assert.False(s_published.IsOf("jp", new Dictionary<string, string> { ["jp"] = s_published.Files["in"] }));
        Assert.False(s_published.IsOf("us", s_published.Files));
        Assert.False(s_published.IsOf("jp", new Dictionary<string, string>()));
    }

    [Fact]
    public void Figures_of_the_same_files_stand_beside_the_published_ones()
    {
        ResultGroup group = Systems.Group(
            Systems.Of("nmf", "jp", null, 0.1, 0.4321), Systems.Of("nmf", "uk", null, 0.1, 0.5), Systems.Of("maml", "jp", "uk", 0.1, 0.2),
            Systems.Of("forec", "jp", "uk", 0.1, 0.3));
        SweepResults results = new()
        {
            Grid = "grid",
            Engine = "0",
            Markets = new Dictionary<string, string> { ["jp"] = s_published.Files["jp"], ["uk"] = "another" },
            Survey = null,
            Cells = 4,
            Missing = [],
            Groups = [group],
        };
        MethodTable table = MethodTable.Of(group, NamedRanking.Sampled, "us");
        ReportBlock[] blocks = [.. PublishedSection.Of(results, [(group.Conditions, table)],
            [.. GainTable.Of(group, NamedRanking.Sampled).Select(gain => (group.Conditions, NamedRanking.Sampled, gain))])];

        ReportTable[] tables = [.. blocks.OfType<ReportTable>()];
        Assert.Equal(["Single", "nmf", "here", "-", "0.4321", "-", "-", "-", "-", "-"], Row(tables[0], "nmf", "here"));
        Assert.Equal("0.2486", Row(tables[0], "nmf", "paper")[3]);
        string[] uk = Row(tables[^1], "uk", "here, preset paper");
        Assert.Equal("+50.00", uk[3]);

        // Without a common file, nothing of the sweep is there.
        results = results with { Markets = new Dictionary<string, string> { ["jp"] = "another" } };
        blocks = [.. PublishedSection.Of(results, [(group.Conditions, table)], [])];
        Assert.DoesNotContain(blocks.OfType<ReportTable>().SelectMany(each => each.Rows), row => row.Any(cell => cell.Text == "here"));
        Assert.Contains(blocks.OfType<ReportText>(), text => text.Text.Contains("cannot be compared", StringComparison.Ordinal));

        static string[] Row(ReportTable table, string name, string from) =>
        [
            .. table.Rows.Single(row => row.Any(cell => cell.Text == name) && row.Any(cell => cell.Text == from)).Select(cell => cell.Text),
        ];
    }

    [Fact]
    public void A_simple_baseline_that_beats_methods_of_the_sweep_is_a_warning()
    {
        ResultGroup group = Systems.Group(
            Systems.Of("pop", "jp", null, 0.1, 0.5), Systems.Of("pop", "uk", null, 0.1, 0.5), Systems.Of("itemknn", "jp", null, 0.1, 0.45),
            Systems.Of("itemknn", "uk", null, 0.1, 0.55), Systems.Of("gmf", "jp", null, 0.1, 0.4), Systems.Of("gmf", "uk", null, 0.1, 0.6),
            Systems.Of("maml", "jp", "uk", 0.1, 0.3), Systems.Of("maml", "uk", "jp", 0.1, 0.3),
            Systems.Of("forec", "jp", "uk", 0.1, 0.3), Systems.Of("forec", "uk", "jp", 0.1, 0.3));
        Assert.Equal(
        [
            "Popularity alone (pop) has a higher nDCG@10 among sampled items than gmf (Single) in jp; "
                + "maml, forec (Only source) in all markets.",
            "The simple baseline itemknn has a higher nDCG@10 among sampled items than gmf (Single) in jp; "
                + "maml, forec (Only source) in all markets.",
        ], ResultTables.BaselineWarnings(MethodTable.Of(group, NamedRanking.Sampled, "us")).Select(warning => warning.Text));
        ResultGroup other = Systems.Group(Systems.Of("gmf", "jp", null, 0.1, 0.4), Systems.Of("pop", "jp", null, 0.1, 0.4));
        Assert.Empty(ResultTables.BaselineWarnings(MethodTable.Of(other, NamedRanking.Sampled, "us")));
    }
}
