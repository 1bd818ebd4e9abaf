// Documents for the tests of pages.

using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Tests.Reports.Figures;

namespace ForecEngine.Cli.Tests.Reports;

internal static class Pages
{
    /// <summary>A document with blocks of every kind: a wide table, long words, a best number, all figures.</summary>
    public static ReportDocument AllBlocks()
    {
        string[] markets = ["de", "jp", "in", "fr", "ca", "mx", "uk"];
        string[] columns = ["method", .. markets.Select(market => $"{market} nDCG@10"), .. markets.Select(market => $"{market} HR@10")];
        IReadOnlyList<ReportFigure> figures = Drawn.All(18, 12);
        return new ReportDocument("Report of the sweep xmarket",
        [
            new ReportText("Means over users, then over seeds. " + string.Join(' ', Enumerable.Repeat("The best number is bold.", 12))),
            new ReportWarning("One cell has no result: " + new string('x', 90)),
            new ReportHeading(2, "Markets"), figures[0], figures[1],
            new ReportHeading(2, "Table 3"), new ReportHeading(3, "Best-Src"),
            new ReportTable("Table 3: nDCG@10 and HR@10", columns, [Row("nmf", false), Row("forec", true)]),
            new ReportHeading(2, "日本"), figures[2],
            new ReportTable("Published figures", ["figures", "protocol", "de"],
            [
                [new("the paper"), new("leave one out by time, 99 negatives of the market's items, users with 7 rows"), new("0.3621")],
            ], Left: 2),
            new ReportHeading(2, "世界"), figures[3], figures[4],
        ]);

        TableCell[] Row(string method, bool best) =>
            [new(method), .. columns.Skip(1).Select((_, i) => new TableCell($"0.{1000 + i}", best))];
    }
}
