// The middle one of what some rounds measured.

namespace ForecEngine.Bench.Summary;

/// <summary>Medians.</summary>
internal static class MedianOfRounds
{
    /// <summary>The median of a figure; of an even number of rounds, the larger of the two in the middle.</summary>
    public static double Median<T>(this IReadOnlyList<T> rounds, Func<T, double> figure) =>
        rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
}
