// Moves labels beside the ends of lines apart, as little as it can, until none overlaps another.

namespace ForecEngine.Cli.Reports.Figures;

internal static class LabelSpread
{
    /// <summary>The places of labels, in the order of the wanted ones.</summary>
    /// <param name="wanted">Where each label would be alone.</param>
    /// <param name="spacing">The least distance between two.</param>
    /// <param name="low">The least place.</param>
    /// <param name="high">The greatest place; if there is no room up to it, labels go beyond.</param>
    public static double[] Of(IReadOnlyList<double> wanted, double spacing, double low, double high)
    {
        int[] order = [.. Enumerable.Range(0, wanted.Count).OrderBy(label => wanted[label])];
        // A group of labels that touch stands with its middle at the mean of their wanted places.
        List<(double Start, int Count, double Sum)> groups = [];
        foreach (int label in order)
        {
            (double Start, int Count, double Sum) group = (Math.Max(low, wanted[label]), 1, wanted[label]);
            while (groups.Count > 0 && groups[^1].Start + groups[^1].Count * spacing > group.Start)
            {
                (_, int count, double sum) = groups[^1];
                groups.RemoveAt(groups.Count - 1);
                group = (0, group.Count + count, group.Sum + sum);
                double extent = (group.Count - 1) * spacing;
                group.Start = Math.Max(low, Math.Min(group.Sum / group.Count - extent / 2, high - extent));
            }

            group.Start = Math.Max(low, Math.Min(group.Start, high - (group.Count - 1) * spacing));
            groups.Add(group);
        }

        double[] places = new double[wanted.Count];
        int next = 0;
        foreach ((double start, int count, _) in groups)
        {
            for (int i = 0; i < count; i++)
                places[order[next++]] = start + i * spacing;
        }

        return places;
    }
}
