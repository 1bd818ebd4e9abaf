// A report as an HTML page, without a browser.

using System.Text.RegularExpressions;
using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Tests.Reports.Figures;
using Xunit;

namespace ForecEngine.Cli.Tests.Reports;

public sealed class HtmlPageTests
{
    [Fact]
    public void A_page_is_the_same_every_time_and_needs_nothing_else()
    {
        string page = HtmlPage.Of(Pages.AllBlocks());

        Assert.Equal(page, HtmlPage.Of(Pages.AllBlocks()));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", page, StringComparison.Ordinal);
        Assert.All(Regex.Matches(page, "(?:src|href)=\"([^\"]*)\"").Select(link => link.Groups[1].Value),
            link => Assert.True(link == "data:," || link.StartsWith('#'), link));
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_distinct_and_every_link_of_the_contents_has_its_heading()
    {
        string page = HtmlPage.Of(Pages.AllBlocks());
        string[] ids = [.. Regex.Matches(page, " id=\"([^\"]*)\"").Select(id => id.Groups[1].Value)];
        string[] links = [.. Regex.Matches(page, "href=\"#([^\"]*)\"").Select(link => link.Groups[1].Value)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(["markets", "table-3", "best-src", "section", "section-2"], links);
        Assert.All(links, link => Assert.Contains(link, ids));
        Assert.Equal(Regex.Count(page, "<ol>"), Regex.Count(page, "</ol>"));
        Assert.Equal(Regex.Count(page, "<li>"), Regex.Count(page, "</li>"));
    }

    [Fact]
    public void A_name_is_text_and_never_markup()
    {
        const string Name = "<script>alert(\"1\")</script> & '\u202e";
        string page = HtmlPage.Of(new ReportDocument(Name,
        [
            new ReportHeading(2, Name), new ReportText(Name), new ReportWarning(Name),
            new ReportTable(Name, [Name], [[new(Name, IsBest: true)], [new(Name)]]),
            new ReportFigure("f", Name, Name, new FigureImages("<svg />", "<svg />", [])),
        ]));

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', page);
        Assert.Contains(
            "aria-label=\"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;\\u202e\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_a_running_sweep_loads_itself_again_and_says_how_far_it_is()
    {
        DateTimeOffset written = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));
        string page = HtmlPage.Of(Pages.AllBlocks(), new HtmlProgress(3, 12, written));

        Assert.Contains("<meta http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.Contains("<progress max=\"12\" value=\"3\"", page, StringComparison.Ordinal);
        Assert.Contains("3 of 12 cells are done", page, StringComparison.Ordinal);
        Assert.Contains("written 2026-01-02 02:04:05 UTC", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_with_the_same_first_word_are_a_group_and_marks_are_beside_the_digits()
    {
        string page = HtmlPage.Of(new ReportDocument("r",
        [
            new ReportTable("t", ["sources", "method", "jp"],
            [
                [new("Single"), new("nmf"), new("0.1")], [new("Best-Src"), new("maml"), new("0.2")],
                [new("Best-Src"), new("forec"), new("0.3\u2020", IsBest: true)],
            ], Left: 2),
        ]));

        Assert.Equal(2, Regex.Count(page, "<tbody>"));
        Assert.Contains("<tr><th scope=\"row\" class=\"first words\">Single</th><td class=\"words\">nmf</td><td>0.1</td></tr>", page,
            StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"rowgroup\" rowspan=\"2\" class=\"first words\">Best-Src</th><th scope=\"row\" class=\"words\">maml"
            + "</th><td>0.2</td></tr>\n<tr><th scope=\"row\" class=\"words\">forec</th>"
            + "<td class=\"best\"><strong>0.3<span class=\"mark\">\u2020</span></strong></td></tr>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_and_options_in_a_text_are_code()
    {
        string page = HtmlPage.Of(
            new ReportDocument("r", [new ReportText("Run 'forec prepare --data RAW', or give --fixed-source; not a--b.")]));

        Assert.Contains("<p>Run <code><span>forec</span> <span>prepare</span> <span>--data</span> <span>RAW</span></code>, or give "
            + "<code><span>--fixed-source</span></code>; not a--b.</p>", page, StringComparison.Ordinal);
    }
}
