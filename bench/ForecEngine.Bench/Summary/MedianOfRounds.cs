// The median of the measurements of some rounds.

namespace ForecEngine.Bench.Summary;

/// <summary>Medians.</summary>
internal static class MedianOfRounds
{
    /// <summary>The median of a figure; for an even number of rounds, the larger of the middle two.</summary>
    public static double Median<T>(this IReadOnlyList<T> rounds, Func<T, double> figure) =>
        rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
}
