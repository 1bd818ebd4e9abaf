// The most similar items of each item, among items that share a user with it.

namespace ForecEngine.Recommenders.Fits;

/// <summary>A similar item.</summary>
/// <param name="Item">The item's row.</param>
/// <param name="Similarity">The similarity, above 0.</param>
public readonly record struct Neighbour(int Item, Real Similarity);

/// <summary>The similarity of two items.</summary>
/// <param name="item">The item whose neighbours are wanted.</param>
/// <param name="other">Another item.</param>
/// <param name="together">The sum of the weights of the users who have both.</param>
public delegate double ItemSimilarity(int item, int other, double together);

/// <summary>Finds neighbours.</summary>
public static class Neighbours
{
    /// <summary>The most similar items of each item, best first, among items that share a user with it.</summary>
    /// <param name="histories">The distinct items of each user.</param>
    /// <param name="idRanks">The rank of each item in the order of ids. Among equal similarities, greater ids come first.</param>
    /// <param name="most">The largest number per item.</param>
    /// <param name="weights">The weight of each user.</param>
    /// <param name="similarity">The similarity of two items.</param>
    /// <param name="threads">The number of threads. One thread finds all neighbours of an item, so no result depends on it.</param>
    public static Neighbour[][] Of(
        SparseRows histories, int[] idRanks, int most, double[] weights, ItemSimilarity similarity, int threads)
    {
        int items = idRanks.Length;
        SparseRows users = histories.Transposed(items);
        Neighbour[][] all = new Neighbour[items][];
        Parallel.For(0, items, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new double[items], (item, _, sums) =>
        {
            all[item] = Top(item, Together(item, sums));
            return sums;
        }, _ => { });
        return all;

        // The weight of the users who have both, who are added in ascending order; the sums are reset to 0 for the next item.
        List<(int Item, double Weight)> Together(int item, double[] sums)
        {
            List<int> found = [];
            foreach (int user in users.Of(item))
            {
                foreach (int other in histories.Of(user))
                {
                    if (other == item)
                        continue;
                    if (sums[other] == 0)
                        found.Add(other);
                    sums[other] += weights[user];
                }
            }

            List<(int, double)> together = [.. found.Select(other => (other, sums[other]))];
            foreach (int other in found)
                sums[other] = 0;
            return together;
        }

        Neighbour[] Top(int item, List<(int Item, double Weight)> together) =>
        [
            .. together.Select(other => new Neighbour(other.Item, (Real)similarity(item, other.Item, other.Weight)))
                .OrderByDescending(neighbour => neighbour.Similarity).ThenByDescending(neighbour => idRanks[neighbour.Item])
                .Take(most),
        ];
    }
}
