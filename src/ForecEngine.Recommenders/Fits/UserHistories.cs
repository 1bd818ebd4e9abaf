// The items of each user's positive training rows, oldest first. A history is all that a closed-form model knows of a user.

namespace ForecEngine.Recommenders.Fits;

/// <summary>The histories of users.</summary>
public sealed class UserHistories
{
    private readonly bool[] _timed;

    private UserHistories(SparseRows items, bool[] timed) => (Items, _timed) = (items, timed);

    /// <summary>No users.</summary>
    public static UserHistories Empty { get; } = new(SparseRows.Empty, []);

    /// <summary>The items of each user, by row.</summary>
    public SparseRows Items { get; }

    /// <summary>A user's history; empty for a user without a row.</summary>
    public History Of(int user) => new(Items.Of(user), user < _timed.Length && _timed[user]);

    /// <summary>
    /// The positives of training. Of an item that a user has more than once, the last row counts.
    /// </summary>
    /// <param name="markets">The markets.</param>
    /// <param name="users">The number of users with rows in the tables.</param>
    public static UserHistories Of(IReadOnlyList<PlacedMarket> markets, int users)
    {
        IReadOnlyList<int>[] rows = [.. Enumerable.Repeat<IReadOnlyList<int>>([], users)];
        bool[] timed = new bool[users];
        foreach (PlacedMarket placed in markets)
        {
            Market market = placed.Market;
            for (int first = 0, end = 0; first < market.TrainUsers.Length; first = end)
            {
                List<int> items = [];
                for (; end < market.TrainUsers.Length && market.TrainUsers[end] == market.TrainUsers[first]; end++)
                {
                    if (market.TrainLabels[end] > 0)
                        items.Add(placed.ItemRows[market.TrainItems[end]]);
                }

                int user = placed.UserRows[market.TrainUsers[first]];
                (rows[user], timed[user]) = (ItemHistory.Ordered(items, market.HasTimes), market.HasTimes);
            }
        }

        return new UserHistories(SparseRows.Of(rows), timed);
    }

    /// <summary>The histories of new users, in their order.</summary>
    /// <param name="histories">The history of each.</param>
    public static UserHistories Of(IReadOnlyList<ItemHistory> histories) =>
        new(SparseRows.Of([.. histories.Select(history => history.InOrder)]), [.. histories.Select(history => history.IsTimed)]);

    /// <summary>The tensors of a checkpoint: those of <see cref="Items"/>, and for each user 1 if the history has times.</summary>
    /// <param name="name">The first part of their names.</param>
    public IEnumerable<SafeTensor> Tensors(string name) =>
        [.. Items.Tensors(name), SafeTensor.Of($"{name}.timed", Array.ConvertAll(_timed, timed => timed ? 1L : 0), _timed.Length)];

    /// <summary>Reads histories from a checkpoint. Those of earlier versions have no times.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="name">The first part of the tensors' names.</param>
    /// <param name="items">The number of items in the model.</param>
    /// <exception cref="CheckpointException">The tensors are inconsistent, or an item is out of range.</exception>
    public static UserHistories Read(SafetensorsFile file, string name, int items)
    {
        SparseRows rows = SparseRows.Read(file, name, items);
        bool[] timed = new bool[rows.Rows];
        if (file.TryFind($"{name}.timed", out _))
            timed = Array.ConvertAll(file.Find($"{name}.timed", rows.Rows).ToInt64s(), value => value != 0);
        return new UserHistories(rows, timed);
    }
}
