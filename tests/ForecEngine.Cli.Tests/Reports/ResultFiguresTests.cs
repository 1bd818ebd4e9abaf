// The numbers in figures 4, 5a and 5b, which their alternative texts say.

using ForecEngine.Cli.Reports;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class ResultFiguresTests
{
    // User u of ten has u training rows.
    private static readonly TestedUsers s_users = new(
        "cell", [.. Enumerable.Range(1, 10).Select(user => $"u{user:00}")], [.. Enumerable.Repeat("a", 10)], [.. Enumerable.Range(1, 10)]);

    [Fact]
    public void Gains_are_in_per_cent_of_nmf_of_the_same_target_over_all_pairs()
    {
        ReportFigure figure = Assert.Single(Figures(
            Mean("nmf", "jp", null, 0.2), Mean("nmf", "uk", null, 0.4), Mean("maml", "jp", "uk", 0.3), Mean("maml", "uk", "jp", 0.4),
            Mean("forec", "uk", "jp", 0.3)), figure => figure.Name == "figure-4");

        Assert.Equal("Box plots of gains over NMF. maml: median +25.0 %, middle half +12.5 % to +37.5 %. "
            + "forec: median −25.0 %, middle half −25.0 % to −25.0 %.", figure.AltText);
    }

    [Fact]
    public void Without_nmf_or_without_a_source_there_is_no_figure_4()
    {
        Assert.DoesNotContain(Figures(Mean("maml", "jp", "uk", 0.3)), figure => figure.Name == "figure-4");
        Assert.DoesNotContain(Figures(Mean("nmf", "jp", null, 0.3)), figure => figure.Name == "figure-4");
    }

    [Fact]
    public void A_group_of_users_is_a_mean_over_targets_for_methods_that_have_all_of_them()
    {
        ReportFigure figure = Assert.Single(Figures(
            Users("nmf", "jp", null, user => user / 10d), Users("nmf", "uk", null, user => 0), Users("pop", "jp", null, user => 1),
            Systems.Missing("pop", "uk", null)));

        // The users of jp with 1 and 2 rows have 0.1 and 0.2, those of uk have 0.
        Assert.Equal("figure-5a", figure.Name);
        Assert.Equal("nDCG@10 by training rows of a user, a line for each method. nmf: 0.0750 at 1 to 2, 0.1750 at 3 to 4, "
            + "0.2750 at 5 to 6, 0.3750 at 7 to 8, 0.4750 at 9 to 10.", figure.AltText);
        Assert.Contains("mean over the targets jp, uk", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_size_has_the_mean_of_the_source_that_is_best_in_it()
    {
        ReportFigure figure = Assert.Single(Figures(
            Mean("nmf", "jp", null, 0.2), Mean("nmf", "jp", null, 0.1) with { Fraction = 0.5 },
            Mean("maml", "jp", "uk", 0.3), Mean("maml", "jp", "de", 0.4),
            Mean("maml", "jp", "uk", 0.25) with { Fraction = 0.5 }, Mean("maml", "jp", "de", 0.15) with { Fraction = 0.5 }),
            figure => figure.Name == "figure-5b");

        Assert.Equal("nDCG@10 by part of the target's training rows, a line for each method. nmf: 0.1000 at 50 %, 0.2000 at 100 %. "
            + "maml: 0.2500 at 50 %, 0.4000 at 100 %.", figure.AltText);
    }

    [Fact]
    public void A_line_of_training_sizes_has_the_sources_that_all_of_them_have()
    {
        // All rows have de too, which is better, but half of them only uk; gmf has no half.
        ReportFigure figure = Assert.Single(Figures(
            Mean("gmf", "jp", null, 0.2), Mean("maml", "jp", "uk", 0.3), Mean("maml", "jp", "de", 0.4),
            Mean("maml", "jp", "uk", 0.25) with { Fraction = 0.5 }), figure => figure.Name == "figure-5b");

        Assert.Equal("nDCG@10 by part of the target's training rows, a line for each method. maml: 0.2500 at 50 %, 0.3000 at 100 %.",
            figure.AltText);
        Assert.EndsWith(
            "for jp. Methods with a source have the only one with all parts: uk for jp.", figure.Caption, StringComparison.Ordinal);
    }

    private static List<ReportFigure> Figures(params ResultSystem[] systems)
    {
        ResultGroup all = Systems.Group(systems);
        return [.. ResultFigures.Of(all, MethodTable.Of(all, NamedRanking.Sampled, "us"), "us", "")];
    }

    private static ResultSystem Mean(string method, string target, string? source, double mean) =>
        Systems.Of(method, target, source, valid: mean, mean);

    private static ResultSystem Users(string method, string target, string? source, Func<int, double> value)
    {
        double[] values = [.. Enumerable.Range(1, 10).Select(value)];
        ResultSystem system = Mean(method, target, source, values.Average());
        SystemScores scores = system.Scores[NamedRanking.Sampled] with { Users = s_users, PerUser = [values, values] };
        return system with { Scores = new Dictionary<string, SystemScores> { [NamedRanking.Sampled] = scores } };
    }
}
