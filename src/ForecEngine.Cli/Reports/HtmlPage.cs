// Writes a report as one HTML file that needs nothing else: no script, no font and no image from elsewhere. A figure is there twice, for
// light and for dark pages, and the style sheet shows one.

using System.Net;
using System.Text.RegularExpressions;

namespace ForecEngine.Cli.Reports;

/// <summary>How far a running sweep has come.</summary>
/// <param name="Done">The cells that have a result.</param>
/// <param name="Cells">All cells.</param>
/// <param name="Written">When the page was written.</param>
internal sealed record HtmlProgress(int Done, int Cells, DateTimeOffset Written);

internal sealed partial class HtmlPage
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
                    _page.Append($"<p>{Prose(text.Text)}</p>\n");
                    break;
                case ReportWarning warning:
                    _page.Append($"<p class=\"warning\" role=\"note\"><strong>Warning:</strong> {Prose(warning.Text)}</p>\n");
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
        _page.Append($"<figure class=\"table\">\n<figcaption>{Prose(table.Caption)}</figcaption>\n"
            + $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table>\n<thead>\n<tr>");
        for (int column = 0; column < table.Columns.Count; column++)
            _page.Append($"<th scope=\"col\"{Classes(column, table)}>{Escaped(table.Columns[column])}</th>");
        _page.Append("</tr>\n</thead>\n");

        // Rows with the same first word, such as those of Best-Src, are a group, whose word is there once.
        bool areGrouped = table.Left > 1 && table.Rows.Zip(table.Rows.Skip(1)).Any(pair => pair.First[0].Text == pair.Second[0].Text);
        for (int row = 0; row < table.Rows.Count;)
        {
            string first = table.Rows[row][0].Text;
            int count = areGrouped ? table.Rows.Skip(row).TakeWhile(other => other[0].Text == first).Count() : table.Rows.Count;
            _page.Append("<tbody>\n");
            for (int place = 0; place < count; place++)
                WriteRow(table, table.Rows[row + place], areGrouped && count > 1 ? place : null, count);
            _page.Append("</tbody>\n");
            row += count;
        }

        _page.Append("</table>\n</div>\n</figure>\n");
    }

    private void WriteRow(ReportTable table, IReadOnlyList<TableCell> row, int? placeInGroup, int count)
    {
        _page.Append("<tr>");
        if (placeInGroup == 0)
            _page.Append($"<th scope=\"rowgroup\" rowspan=\"{count}\" class=\"first words\">{Escaped(row[0].Text)}</th>");
        int head = placeInGroup is null ? 0 : 1;
        for (int column = head; column < row.Count; column++)
        {
            TableCell cell = row[column];
            string classes = Classes(column, table, cell);
            _page.Append(column == head ? $"<th scope=\"row\"{classes}>{Text(cell)}</th>" : $"<td{classes}>{Text(cell)}</td>");
        }

        _page.Append("</tr>\n");
    }

    private static string Classes(int column, ReportTable table, TableCell? cell = null)
    {
        string classes = (column == 0 ? " first" : "") + (column < table.Left ? " words" : "")
            + (cell?.Text.Length > LongText ? " long" : "") + (cell is { IsBest: true } ? " best" : "");
        return classes.Length > 0 ? $" class=\"{classes[1..]}\"" : "";
    }

    // Marks such as those of significance are beside the digits, which stay below each other.
    private static string Text(TableCell cell)
    {
        string digits = cell.Text.TrimEnd('*', '\u2020', '\u2021'), marks = cell.Text[digits.Length..];
        string text = Escaped(digits) + (digits.Length > 0 && marks.Length > 0 ? $"<span class=\"mark\">{marks}</span>" : Escaped(marks));
        return cell.IsBest ? $"<strong>{text}</strong>" : text;
    }

    private void WriteFigure(ReportFigure figure)
    {
        _page.Append($"<figure class=\"plot\" id=\"{Escaped(figure.Name)}\">\n<figcaption>{Prose(figure.Caption)}</figcaption>\n"
            + $"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{Escaped(figure.Caption)}\">\n");
        string label = $"role=\"img\" aria-label=\"{Escaped(figure.AltText)}\"";
        foreach ((string theme, string svg) in new[] { ("light", figure.Images.LightSvg), ("dark", figure.Images.DarkSvg) })
            _page.Append(svg.Replace("<svg", $"<svg class=\"{theme}\" {label}", StringComparison.Ordinal));
        _page.Append("</div>\n</figure>\n");
    }

    // Commands and options are set as code, and no word of them is broken at its hyphens.
    private static string Prose(string text) => Commands().Replace(Escaped(text), match =>
    {
        IEnumerable<string> words = match.Value.Replace("&#39;", "", StringComparison.Ordinal).Split(' ');
        return $"<code>{string.Join(' ', words.Select(word => $"<span>{word}</span>"))}</code>";
    });

    [GeneratedRegex("&#39;forec [^&]*&#39;|(?<![^ (])--[a-z]+(-[a-z]+)*")]
    private static partial Regex Commands();

    private static string Escaped(string text) => WebUtility.HtmlEncode(VisibleText.Of(text));
}
