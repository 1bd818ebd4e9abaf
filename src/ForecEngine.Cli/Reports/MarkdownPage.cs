// Writes a report as Markdown, as GitHub reads it. Names of markets and files can have any characters, so all texts are escaped.

using System.Buffers;

namespace ForecEngine.Cli.Reports;

internal static class MarkdownPage
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(@"\`*_[]<>|&~");

    /// <summary>The report as text.</summary>
    public static string Of(ReportDocument document)
    {
        StringBuilder page = new();
        page.Append("# ").Append(Escaped(document.Title)).Append('\n');
        foreach (ReportBlock block in document.Blocks)
        {
            page.Append('\n');
            switch (block)
            {
                case ReportHeading heading:
                    page.Append('#', heading.Level).Append(' ').Append(Escaped(heading.Text)).Append('\n');
                    break;
                case ReportText text:
                    page.Append(Paragraph(text.Text)).Append('\n');
                    break;
                case ReportWarning warning:
                    page.Append("> **Warning:** ").Append(Escaped(warning.Text)).Append('\n');
                    break;
                case ReportTable table:
                    Append(page, table);
                    break;
                case ReportFigure figure:
                    page.Append($"![{Escaped(figure.AltText)}]({Uri.EscapeDataString(figure.Name)}.svg)\n\n");
                    page.Append($"*{Escaped(figure.Caption)}*\n");
                    break;
                default:
                    throw new ArgumentException($"{block.GetType().Name}: is no block that this page knows", nameof(document));
            }
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, ReportTable table)
    {
        page.Append($"*{Escaped(table.Caption)}*\n\n");
        AppendRow(page, table.Columns.Select(Escaped));
        AppendRow(page, table.Columns.Select((_, column) => column < table.Left ? "---" : "---:"));
        foreach (IReadOnlyList<TableCell> row in table.Rows)
            AppendRow(page, row.Select(cell => cell.IsBest ? $"**{Escaped(cell.Text)}**" : Escaped(cell.Text)));
    }

    private static void AppendRow(StringBuilder page, IEnumerable<string> cells) =>
        page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // A paragraph must not begin as a heading or a list does.
    private static string Paragraph(string text)
    {
        string escaped = Escaped(text);
        int digits = escaped.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits > 0 && escaped[digits] is '.' or ')')
            return escaped.Insert(digits, "\\");
        return escaped.Length > 0 && escaped[0] is '#' or '-' or '+' or '=' ? '\\' + escaped : escaped;
    }

    private static string Escaped(string text)
    {
        string visible = VisibleText.Of(text);
        StringBuilder escaped = new(visible.Length);
        for (int i = 0; i < visible.Length; i++)
        {
            if (s_special.Contains(visible[i]) && !IsWithinWord(visible, i))
                escaped.Append('\\');
            escaped.Append(visible[i]);
        }

        return escaped.ToString();
    }

    // An underscore within a word, as in training_rows, has no meaning.
    private static bool IsWithinWord(string text, int place) => text[place] == '_' && place > 0 && place < text.Length - 1
        && char.IsAsciiLetterOrDigit(text[place - 1]) && char.IsAsciiLetterOrDigit(text[place + 1]);
}
