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
            Sum(model.In, history => history.Items.Length, Items, block);
            Matrix last = new(sums.Part(count * dimension), count, dimension);
            Sum(model.Last, history => history.IsTimed && history.Items.Length > 0 ? 1 : 0, Last, last);
            device.Binary<Addition>(block.Values, last.Values, block.Values);

            void Sum(EmbeddingTable table, Count counted, Action<int, int[], Real[], int> fill, Matrix y)
            {
                int[] starts = new int[count + 1];
                for (int i = 0; i < count; i++)
                    starts[i + 1] = starts[i] + counted(histories.Of(first + i));
                int[] rows = new int[starts[^1]];
                Real[] weights = new Real[rows.Length];
                for (int i = 0; i < count; i++)
                    fill(first + i, rows, weights, starts[i]);
                Slice<Real> weightsOf = weightMemory.Part(rows.Length);
                weightsOf.Write(weights);
                Matrix x = new(gathered.Part(rows.Length * dimension), rows.Length, dimension);
                device.Gather(table.Value, RowIds.Write(rowMemory.Part(rows.Length), rows), x);
                device.SegmentSum(x, weightsOf, Segments.Write(startMemory.Part(starts.Length), starts), y);
            }
        }

        return vectors;

        void Items(int user, int[] rows, Real[] weights, int start)
        {
            History history = histories.Of(user);
            double total = 0;
            for (int place = 0; place < history.Items.Length; place++)
                total += model.Recency.Of(history, place);
            double root = Math.Sqrt(Math.Max(1, total));
            for (int place = 0; place < history.Items.Length; place++)
            {
                rows[start + place] = history.Items[place];
                weights[start + place] = (Real)(model.Recency.Of(history, place) / root);
            }
        }

        void Last(int user, int[] rows, Real[] weights, int start)
        {
            if (histories.Of(user) is { IsTimed: true, Items: [.., int last] })
                (rows[start], weights[start]) = (last, 1);
        }
    }

    private delegate int Count(History history);
}
