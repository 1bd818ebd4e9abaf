// The items most like each item, by the users who have both (Sarwar, Karypis, Konstan and Riedl, WWW 2001):
//   sim(i, j) = c(i, j) / (sqrt(c(i) c(j)) + shrink),   c(i, j) the users who have i and j, c(i) those who have i.

namespace ForecEngine.Recommenders.Fits;

/// <summary>An item that is like another.</summary>
/// <param name="Item">The item's row.</param>
/// <param name="Similarity">How alike they are, above 0.</param>
public readonly record struct Neighbour(int Item, Real Similarity);

/// <summary>Finds neighbours.</summary>
public static class Neighbours
{
    /// <summary>The most similar items of each item, the most similar first, among those that some user has together with it.</summary>
    /// <param name="histories">The items of each user: ascending, distinct.</param>
    /// <param name="idRanks">The place of each item in the order of ids. Of equal items, those with greater ids come first.</param>
    /// <param name="most">How many an item has at the most.</param>
    /// <param name="shrink">A number added to each denominator. It lowers similarities that few users support.</param>
    /// <param name="threads">How many threads count. One thread finds all neighbours of an item, so no result depends on it.</param>
    public static Neighbour[][] Of(SparseRows histories, int[] idRanks, int most, double shrink, int threads)
    {
        int items = idRanks.Length;
        SparseRows users = histories.Transposed(items);
        Neighbour[][] all = new Neighbour[items][];
        Parallel.For(0, items, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new int[items], (item, _, counts) =>
        {
            all[item] = Top(item, Together(item, counts));
            return counts;
        }, _ => { });
        return all;

        // How many users have both; the counts are left at 0 for the next item.
        List<(int Item, int Count)> Together(int item, int[] counts)
        {
            List<int> found = [];
            foreach (int user in users.Of(item))
            {
                foreach (int other in histories.Of(user))
                {
                    if (other != item && counts[other]++ == 0)
                        found.Add(other);
                }
            }

            List<(int, int)> together = [.. found.Select(other => (other, counts[other]))];
            foreach (int other in found)
                counts[other] = 0;
            return together;
        }

        Neighbour[] Top(int item, List<(int Item, int Count)> together) =>
        [
            .. together.Select(other => new Neighbour(other.Item, Similarity(item, other.Item, other.Count)))
                .OrderByDescending(neighbour => neighbour.Similarity).ThenByDescending(neighbour => idRanks[neighbour.Item])
                .Take(most),
        ];

        Real Similarity(int one, int other, int both) =>
            (Real)(both / (Math.Sqrt((double)users.Of(one).Length * users.Of(other).Length) + shrink));
    }
}
