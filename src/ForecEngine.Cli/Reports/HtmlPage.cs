// Writes a report as one HTML file that needs nothing else: no script, no font and no image from elsewhere. A figure is there twice, for
// light and for dark pages, and the style sheet shows one.

using System.Net;

namespace ForecEngine.Cli.Reports;

/// <summary>How far a running sweep has come.</summary>
/// <param name="Done">The cells that have a result.</param>
/// <param name="Cells">All cells.</param>
/// <param name="Written">When the page was written.</param>
internal sealed record HtmlProgress(int Done, int Cells, DateTimeOffset Written);

internal sealed class HtmlPage
{
    private const int RefreshSeconds = 5;

    // A text of more characters goes over several lines of its cell.
    private const int LongText = 28;

    private readonly StringBuilder _page = new();
    private readonly List<(ReportHeading Heading, string Anchor)> _headings = [];

    private HtmlPage()
    {
    }

    /// <summary>The report as a page.</summary>
    /// <param name="document">The report.</param>
    /// <param name="progress">The progress of a running sweep, whose page loads itself again; null for a page that stays as it is.</param>
    public static string Of(ReportDocument document, HtmlProgress? progress = null)
    {
        HtmlPage page = new();
        page.Write(document, progress);
        return page._page.ToString();
    }

    private void Write(ReportDocument document, HtmlProgress? progress)
    {
        FindHeadings(document);
        string refresh = progress is null ? "" : $"<meta http-equiv=\"refresh\" content=\"{RefreshSeconds}\">\n";
        _page.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            {refresh}<title>{Escaped(document.Title)}</title>
            <link rel="icon" href="data:,">
            <style>
            {HtmlStyle.Sheet}
            </style>
            </head>
            <body>
            <div class="page">

            """);
        WriteContents();
        _page.Append($"<main>\n<h1>{Escaped(document.Title)}</h1>\n");
        if (progress is not null)
            WriteProgress(progress);
        int heading = 0;
        foreach (ReportBlock block in document.Blocks)
        {
            switch (block)
            {
                case ReportHeading title:
                    string anchor = _headings[heading++].Anchor;
                    _page.Append($"<h{title.Level} id=\"{anchor}\">{Escaped(title.Text)}</h{title.Level}>\n");
                    break;
                case ReportText text:
                    _page.Append($"<p>{Escaped(text.Text)}</p>\n");
                    break;
                case ReportWarning warning:
                    _page.Append($"<p class=\"warning\" role=\"note\"><strong>Warning:</strong> {Escaped(warning.Text)}</p>\n");
                    break;
                case ReportTable table:
                    WriteTable(table);
                    break;
                case ReportFigure figure:
                    WriteFigure(figure);
                    break;
                default:
                    throw new ArgumentException($"{block.GetType().Name}: is no block that this page knows", nameof(document));
            }
        }

        _page.Append("</main>\n</div>\n</body>\n</html>\n");
    }

    // Anchors are made of the headings' words, so that a link survives a new section before its own.
    private void FindHeadings(ReportDocument document)
    {
        HashSet<string> taken = [];
        foreach (ReportHeading heading in document.Blocks.OfType<ReportHeading>())
        {
            string words = string.Join('-', heading.Text.ToLowerInvariant()
                .Split(heading.Text.ToLowerInvariant().Where(letter => !char.IsAsciiLetterOrDigit(letter)).Distinct().ToArray(),
                    StringSplitOptions.RemoveEmptyEntries));
            string first = words.Length > 0 ? words : "section", anchor = first;
            for (int copy = 2; !taken.Add(anchor); copy++)
                anchor = $"{first}-{copy}";
            _headings.Add((heading, anchor));
        }
    }

    private void WriteContents()
    {
        if (_headings.Count < 2)
            return;
        _page.Append("<nav class=\"contents\" aria-label=\"Contents\">\n<h2>Contents</h2>\n<ol>\n");
        bool inside = false;
        for (int i = 0; i < _headings.Count; i++)
        {
            (ReportHeading heading, string anchor) = _headings[i];
            bool isPart = heading.Level > 2 && i > 0;
            if (isPart != inside)
                _page.Append(isPart ? "<ol>\n" : "</li>\n</ol>\n</li>\n");
            else if (i > 0)
                _page.Append("</li>\n");
            inside = isPart;
            _page.Append($"<li><a href=\"#{anchor}\">{Escaped(heading.Text)}</a>");
        }

        _page.Append(inside ? "</li>\n</ol>\n</li>\n</ol>\n</nav>\n" : "</li>\n</ol>\n</nav>\n");
    }

    private void WriteProgress(HtmlProgress progress)
    {
        string written = progress.Written.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        _page.Append(
            $"<p class=\"progress\"><progress max=\"{progress.Cells}\" value=\"{progress.Done}\" aria-label=\"Cells done\"></progress>"
            + $"<span>{progress.Done} of {progress.Cells} cells are done</span><span>written {written} UTC</span></p>\n");
    }

    private void WriteTable(ReportTable table)
    {
        // A region that scrolls can be reached with the keyboard, and has a name.
        string caption = Escaped(table.Caption);
        _page.Append($"<figure class=\"table\">\n<figcaption>{caption}</figcaption>\n"
            + $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table>\n<thead>\n<tr>");
        for (int column = 0; column < table.Columns.Count; column++)
            _page.Append($"<th scope=\"col\"{Words(column)}>{Escaped(table.Columns[column])}</th>");
        _page.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (IReadOnlyList<TableCell> row in table.Rows)
        {
            _page.Append("<tr>");
            for (int column = 0; column < row.Count; column++)
                _page.Append(column == 0 ? $"<th scope=\"row\"{Words(column)}>{Text(row[column])}</th>" : Cell(column, row[column]));
            _page.Append("</tr>\n");
        }

        _page.Append("</tbody>\n</table>\n</div>\n</figure>\n");

        string Words(int column) => column < table.Left ? " class=\"words\"" : "";

        string Cell(int column, TableCell cell)
        {
            string[] classes =
            [
                .. column < table.Left ? ["words"] : Array.Empty<string>(),
                .. cell.Text.Length > LongText ? ["long"] : Array.Empty<string>(),
                .. cell.IsBest ? ["best"] : Array.Empty<string>(),
            ];
            return $"<td{(classes.Length > 0 ? $" class=\"{string.Join(' ', classes)}\"" : "")}>{Text(cell)}</td>";
        }

        static string Text(TableCell cell) => cell.IsBest ? $"<strong>{Escaped(cell.Text)}</strong>" : Escaped(cell.Text);
    }

    private void WriteFigure(ReportFigure figure)
    {
        _page.Append($"<figure class=\"plot\" id=\"{Escaped(figure.Name)}\">\n<figcaption>{Escaped(figure.Caption)}</figcaption>\n"
            + $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{Escaped(figure.Caption)}\">\n");
        string label = $"role=\"img\" aria-label=\"{Escaped(figure.AltText)}\"";
        foreach ((string theme, string svg) in new[] { ("light", figure.Images.LightSvg), ("dark", figure.Images.DarkSvg) })
            _page.Append(svg.Replace("<svg", $"<svg class=\"{theme}\" {label}", StringComparison.Ordinal));
        _page.Append("</div>\n</figure>\n");
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(VisibleText.Of(text));
}
