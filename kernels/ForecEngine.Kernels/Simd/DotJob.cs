// The best items of users by dot products, in one pass: a tile of scores is computed from packed panels (ProductTile.cs) and offered to its
// users' lists at once, so that no other scores are in memory. A score belongs to few lists: most vectors of scores cost two comparisons,
// one with the worst score of the list and one that finds numbers that are not finite.
//
// A chunk is all items for some users, so it is the only writer of their lists. Items come in ascending order. The order does not change a
// list, because no two items have the same score and the same rank.

namespace ForecEngine.Kernels.Simd;

/// <summary>Ranks items for users, whose vectors are packed.</summary>
internal readonly unsafe struct DotJob<TTile, TLane>(DotPointers ranking, Real* users, Real* items) : IChunked
    where TTile : struct, IProductTile
    where TLane : struct, IHostLane<TLane>
{
    private const int ChunkUsers = 84; // whole tiles of either shape
    private const int GroupNumbers = 1 << 16; // of items' panels that all users of a chunk take in turn: a quarter of a cache of 1 MB
    private const int MostSums = 14 * 2 * 64 / sizeof(Real); // of a tile

    /// <summary>The number of chunks.</summary>
    public int Chunks => (ranking.UserCount + ChunkUsers - 1) / ChunkUsers;

    public void Run(int chunk, int worker)
    {
        int first = chunk * ChunkUsers, end = Math.Min(first + ChunkUsers, ranking.UserCount);
        int group = Math.Max(1, GroupNumbers / Math.Max(1, ranking.Depth) / TTile.Columns) * TTile.Columns;
        Real* sums = stackalloc Real[MostSums];
        int* counts = stackalloc int[ChunkUsers];
        new Span<int>(counts, ChunkUsers).Clear();
        for (int start = 0; start < ranking.ItemCount; start += group)
        {
            int stop = Math.Min(start + group, ranking.ItemCount);
            for (int user = first; user < end; user += TTile.Rows)
            {
                for (int item = start; item < stop; item += TTile.Columns)
                {
                    Sum(user, item, sums);
                    Offer(user, Math.Min(TTile.Rows, end - user), item, Math.Min(TTile.Columns, stop - item), sums, counts - first);
                }
            }
        }

        for (int user = first; user < end; user++)
            ranking.List(user, counts[user - first]).Finish();
    }

    // The blocks of the depth are added as in every product.
    private void Sum(int user, int item, Real* sums)
    {
        Real* a = users + ((nint)user * ranking.Depth), b = items + ((nint)item * ranking.Depth);
        int depth = Math.Min(MatrixProduct.BlockDepth, ranking.Depth);
        TTile.Compute<OverwrittenProduct>(a, 1, TTile.Rows, b, TTile.Columns, depth, sums, TTile.Columns);
        for (nint step = depth; step < ranking.Depth; step += depth)
        {
            depth = (int)Math.Min(MatrixProduct.BlockDepth, ranking.Depth - step);
            TTile.Compute<AddedProduct>(
                a + (step * TTile.Rows), 1, TTile.Rows, b + (step * TTile.Columns), TTile.Columns, depth, sums, TTile.Columns);
        }
    }

    // A panel that is not full has zeros behind its items, which are not offered.
    private void Offer(int user, int rows, int item, int columns, Real* sums, int* counts)
    {
        for (int row = 0; row < rows; row++, sums += TTile.Columns)
        {
            int column = 0;
            for (; column <= columns - TLane.Width; column += TLane.Width)
                Offer<TLane>(user + row, item + column, sums + column, counts);
            for (; column < columns; column++)
                Offer<ScalarLane>(user + row, item + column, sums + column, counts);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Offer<TScores>(int user, int item, Real* sums, int* counts)
        where TScores : struct, IHostLane<TScores>
    {
        TScores scores = TScores.Load(sums);
        if (ranking.Bias is not null)
            scores += TScores.Load(ranking.Bias + item);
        if (!TScores.AreFinite(scores))
            ranking.NonFinite[user] = 1;
        if (TScores.AnyAtLeast(scores, TScores.Broadcast(Least(user, counts))))
        {
            TScores.Store(scores, sums);
            for (int i = 0; i < TScores.Width; i++)
                counts[user] = ranking.Offer(user, counts[user], item + i, sums[i]);
        }
    }

    // The least score that may belong to a list: the root of a full heap is its worst.
    private Real Least(int user, int* counts) =>
        counts[user] < ranking.Most ? Real.NegativeInfinity :
        ranking.Most > 0 ? ranking.BestScores[(nint)user * ranking.Most] : Real.PositiveInfinity;
}
