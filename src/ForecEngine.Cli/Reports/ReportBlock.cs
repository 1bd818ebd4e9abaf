// A report as a list of blocks, which MarkdownPage and HtmlPage write in their formats. All texts are plain: a page escapes them.

namespace ForecEngine.Cli.Reports;

/// <summary>A report.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Blocks">Its parts, in the order in which they are read.</param>
internal sealed record ReportDocument(string Title, IReadOnlyList<ReportBlock> Blocks);

/// <summary>A part of a report.</summary>
internal abstract record ReportBlock;

/// <summary>A heading.</summary>
/// <param name="Level">2 for a section, 3 for a part of a section; the title is 1.</param>
/// <param name="Text">Its text.</param>
internal sealed record ReportHeading(int Level, string Text) : ReportBlock;

/// <summary>A paragraph.</summary>
/// <param name="Text">Its text.</param>
internal sealed record ReportText(string Text) : ReportBlock;

/// <summary>A paragraph that is set apart, because it says which numbers not to trust.</summary>
/// <param name="Text">Its text.</param>
internal sealed record ReportWarning(string Text) : ReportBlock;

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">The heads of the columns.</param>
/// <param name="Rows">The cells, as many in each row as there are columns.</param>
/// <param name="Left">The first columns, which have words; the others have numbers.</param>
internal sealed record ReportTable(
    string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<TableCell>> Rows, int Left = 1) : ReportBlock;

/// <summary>A cell of a table.</summary>
/// <param name="Text">Its text.</param>
/// <param name="IsBest">Whether it is the best of those that it competes with.</param>
internal sealed record TableCell(string Text, bool IsBest = false);

/// <summary>A figure.</summary>
/// <param name="Name">The name of its files, without an extension.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="AltText">What a reader who cannot see it should know.</param>
/// <param name="Images">The images.</param>
internal sealed record ReportFigure(string Name, string Caption, string AltText, FigureImages Images) : ReportBlock;

/// <summary>The images of a figure.</summary>
/// <param name="LightSvg">For a light page.</param>
/// <param name="DarkSvg">For a dark page.</param>
/// <param name="Png">For programs that read no SVG.</param>
internal sealed record FigureImages(string LightSvg, string DarkSvg, byte[] Png);
