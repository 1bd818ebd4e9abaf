// The peak memory of markets with few and with many rows a user, and what a row and a user add to it. Each market is measured in a process
// of its own, as those of the table of costs.

using System.Globalization;

namespace ForecEngine.Bench.Scale;

/// <summary>Measures and prints.</summary>
internal static class MemoryTable
{
    private static readonly (int Rows, int Users)[] s_sizes = [(1_000_000, 500_000), (4_000_000, 500_000), (2_000_000, 1_000_000)];

    /// <summary>Measures and prints the table, and the slopes by rows and by users.</summary>
    public static void Print(TextWriter output, TextWriter error)
    {
        List<ScalePoint> points = [];
        foreach ((int rows, int users) in s_sizes)
        {
            error.WriteLine(Text($"{rows:N0} rows of {users:N0} users"));
            points.Add(ScaleTable.Run(rows, users, Environment.ProcessorCount));
        }

        output.WriteLine("| rows | users | peak MB |");
        output.WriteLine("| --: | --: | --: |");
        foreach (ScalePoint p in points)
            output.WriteLine(Text($"| {p.Rows:N0} | {p.Users:N0} | {p.PeakBytes / 1e6:N0} |"));
        (ScalePoint least, ScalePoint moreRows, ScalePoint moreUsers) = (points[0], points[1], points[2]);
        double perRow = (moreRows.PeakBytes - least.PeakBytes) / (double)(moreRows.Rows - least.Rows);
        double perUser = (moreUsers.PeakBytes - least.PeakBytes - (perRow * (moreUsers.Rows - least.Rows)))
            / (moreUsers.Users - least.Users);
        output.WriteLine();
        output.WriteLine(Text($"A row adds {perRow:N0} bytes, a user {perUser:N0}."));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
