// Figure 5a: how well methods serve users with few and with many training rows.

namespace ForecEngine.Cli.Reports.Figures;

internal static class UserGroupsFigure
{
    /// <summary>Draws the figure.</summary>
    /// <param name="name">The name of the figure.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="groups">What the groups are, as "5 to 6", fewest rows first.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="lines">Each method's mean for each group.</param>
    public static ReportFigure Draw(
        string name, string caption, IReadOnlyList<string> groups, string metric, IReadOnlyList<MethodLine> lines) =>
        new LineChart([.. groups.Select((_, group) => (double)group)], groups, "training rows of a user", metric, lines)
            .Draw(name, caption);
}
