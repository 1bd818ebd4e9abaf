// A fraction of a market's training rows, for learning curves. The training rows, in the order in which they were read, get a random order
// (KeyedOrder) that depends on the split seed and the market's name; the first ones in this order are kept. So the rows of a smaller
// fraction are among those of a larger one. Held-out rows and candidates do not depend on the fraction, and users keep their row in the
// model even if they lose all training rows.

namespace ForecEngine.Recommenders.Data;

internal static class TrainingSubset
{
    /// <summary>Whether each row is left out of training.</summary>
    /// <param name="ratings">The rows.</param>
    /// <param name="splits">The part of the split that each row is in.</param>
    /// <param name="rules">The rules of the split, with the fraction and the seed.</param>
    public static bool[] Withheld(Ratings ratings, ReadOnlySpan<RowSplit> splits, SplitRules rules)
    {
        List<int> rows = [];
        for (int row = 0; row < splits.Length; row++)
        {
            if (splits[row] == RowSplit.Train)
                rows.Add(row);
        }

        KeyedOrder order = new(RandomSequence.Named(rules.SplitSeed, $"fraction/{ratings.Market}"), draw: 0, rows.Count);
        bool[] withheld = new bool[splits.Length];
        for (int place = Kept(rows.Count, rules.TrainingFraction); place < rows.Count; place++)
            withheld[rows[order.At(place)]] = true;
        return withheld;
    }

    // At least one row, because there is no model of none.
    private static int Kept(int rows, double fraction) => Math.Max(1, (int)Math.Round(rows * fraction));
}
