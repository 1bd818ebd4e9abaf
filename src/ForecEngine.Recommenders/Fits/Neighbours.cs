// The most similar items of each item, by cosine (Sarwar, Karypis, Konstan and Riedl, WWW 2001): sim(i, j) = c(i, j) / (sqrt(c(i) c(j)) +
// shrink), where c(i, j) is the number of users who have both items and c(i) of users who have i.

namespace ForecEngine.Recommenders.Fits;

/// <summary>A similar item.</summary>
/// <param name="Item">The item's row.</param>
/// <param name="Similarity">The similarity, above 0.</param>
public readonly record struct Neighbour(int Item, Real Similarity);

/// <summary>Finds neighbours.</summary>
public static class Neighbours
{
    /// <summary>The most similar items of each item, best first, among items that share a user with it.</summary>
    /// <param name="histories">The items of each user, ascending and distinct.</param>
    /// <param name="idRanks">The rank of each item in the order of ids. Among equal similarities, greater ids come first.</param>
    /// <param name="most">The largest number per item.</param>
    /// <param name="shrink">A number added to each denominator. It lowers similarities that rest on few users.</param>
    /// <param name="threads">The number of threads. One thread finds all neighbours of an item, so no result depends on it.</param>
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

        // The number of users who have both; the counts are reset to 0 for the next item.
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
