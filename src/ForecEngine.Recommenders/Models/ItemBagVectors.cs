// The vectors of users in an item bag (ItemBag.cs), computed on the device in blocks of users. A user's vector has the same bits in any
// block.

using ForecEngine.Kernels.Ops;

namespace ForecEngine.Recommenders.Models;

internal static class ItemBagVectors
{
    private const int BlockUsers = 512;

    /// <summary>The vectors of users: [users, dimension], in a memory of their own.</summary>
    /// <param name="device">The device of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="histories">The items of each user.</param>
    public static Matrix Of(IDevice device, ItemBag model, UserHistories histories)
    {
        int users = histories.Items.Rows, dimension = model.Dimension;
        Matrix vectors = new(device.Allocate<Real>(checked(users * dimension)).Slice(), users, dimension);
        DeviceArray<int> rowMemory = new(device), startMemory = new(device);
        DeviceArray<Real> weightMemory = new(device), gathered = new(device), sums = new(device);
        for (int first = 0; first < users; first += BlockUsers)
        {
            int count = Math.Min(BlockUsers, users - first);
            Matrix block = new(vectors.Values.Part(first * dimension, count * dimension), count, dimension);
            Matrix last = new(sums.Part(count * dimension), count, dimension);
            Sum(model.In, [.. Enumerable.Range(first, count).Select(Items)], block);
            Sum(model.Last, [.. Enumerable.Range(first, count).Select(Last)], last);
            device.Binary<Addition>(block.Values, last.Values, block.Values);
        }

        return vectors;

        void Sum(EmbeddingTable table, (int Item, Real Weight)[][] weighted, Matrix y)
        {
            int[] starts = new int[weighted.Length + 1];
            for (int i = 0; i < weighted.Length; i++)
                starts[i + 1] = starts[i] + weighted[i].Length;
            int[] rows = [.. weighted.SelectMany(items => items.Select(item => item.Item))];
            Slice<Real> weights = weightMemory.Part(rows.Length);
            weights.Write([.. weighted.SelectMany(items => items.Select(item => item.Weight))]);
            Matrix x = new(gathered.Part(rows.Length * dimension), rows.Length, dimension);
            device.Gather(table.Value, RowIds.Write(rowMemory.Part(rows.Length), rows), x);
            device.SegmentSum(x, weights, Segments.Write(startMemory.Part(starts.Length), starts), y);
        }

        (int Item, Real Weight)[] Items(int user)
        {
            History history = histories.Of(user);
            Real[] weights = new Real[history.Items.Length];
            double total = 0;
            for (int place = 0; place < weights.Length; place++)
                total += weights[place] = model.Recency.Of(history, place);
            double root = Math.Sqrt(Math.Max(1, total));
            return [.. history.Items.ToArray().Zip(weights, (item, weight) => (item, (Real)(weight / root)))];
        }

        (int Item, Real Weight)[] Last(int user) => histories.Of(user) is { IsTimed: true, Items: [.., int last] } ? [(last, 1)] : [];
    }
}
