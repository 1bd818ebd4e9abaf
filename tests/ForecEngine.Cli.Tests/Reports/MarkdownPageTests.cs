// A report as Markdown.

using ForecEngine.Cli.Reports;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class MarkdownPageTests
{
    private static readonly FigureImages s_images = new("<svg/>", "<svg/>", [1]);

    [Fact]
    public void A_page_has_its_blocks_in_order_with_the_best_numbers_in_bold()
    {
        ReportDocument document = new("Report of small",
        [
            new ReportHeading(2, "Table 3"), new ReportText("Two methods."), new ReportWarning("One cell is missing."),
            new ReportTable("Table 3: nDCG@10", ["method", "jp", "uk"],
            [
                [new("gmf"), new("0.1000"), new("0.2000", IsBest: true)],
                [new("nmf"), new("0.3000", IsBest: true), new("-")],
            ]),
            new ReportFigure("gains", "Figure 4: gains", "Box plots", s_images),
        ]);

        Assert.Equal(
            """
            # Report of small

            ## Table 3

            Two methods.

            > **Warning:** One cell is missing.

            *Table 3: nDCG@10*

            | method | jp | uk |
            | --- | ---: | ---: |
            | gmf | 0.1000 | **0.2000** |
            | nmf | **0.3000** | - |

            ![Box plots](gains.svg)

            *Figure 4: gains*

            """, MarkdownPage.Of(document), ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData("a|b", @"a\|b")]
    [InlineData("<img src=x>", @"\<img src=x\>")]
    [InlineData("**x** [y](z) `c` ~~d~~", @"\*\*x\*\* \[y\](z) \`c\` \~\~d\~\~")]
    [InlineData("two\nlines", @"two\\u000alines")]
    [InlineData("training_rows and _x_", @"training_rows and \_x\_")]
    public void No_name_of_a_market_changes_the_page(string name, string escaped)
    {
        ReportDocument document = new(name, [new ReportTable(name, [name], [[new(name, IsBest: true)]], Left: 0)]);

        Assert.Equal($"# {escaped}\n\n*{escaped}*\n\n| {escaped} |\n| ---: |\n| **{escaped}** |\n", MarkdownPage.Of(document));
    }

    [Theory]
    [InlineData("# 1", @"\# 1")]
    [InlineData("- 1", @"\- 1")]
    [InlineData("1. x", @"1\. x")]
    [InlineData("12 of 13 cells", "12 of 13 cells")]
    public void A_paragraph_is_neither_a_heading_nor_a_list(string text, string escaped) =>
        Assert.Equal($"# t\n\n{escaped}\n", MarkdownPage.Of(new("t", [new ReportText(text)])));
}
