// Scores that are dot products: the score of user u and item j is U[u] . V[j] + b[j]. The best items of many users are found in one pass
// over the items, on any device, without the scores of all items in memory (IDevice.TopDots).

namespace ForecEngine.Recommenders.Scoring;

/// <summary>Scores with the dot products of users' and items' vectors.</summary>
public sealed class DotScorer : IScorer
{
    private const int UserBlock = 1024; // users who get lists in one pass over the items

    private readonly IDevice _device;
    private readonly Matrix _users;
    private readonly Matrix _items;
    private readonly Real[] _bias;
    private readonly Func<IReadOnlyList<ItemHistory>, Matrix>? _foldIn;
    private readonly DeviceArray<int> _rows;
    private readonly DeviceArray<Real> _userVectors, _itemVectors, _scores;
    private readonly DeviceArray<int> _starts, _leftOut, _nonFinite, _bestItems;
    private readonly DeviceArray<Real> _bestScores;
    private ListedItems? _listed;
    private DotRanking _ranking; // of the listed items

    /// <summary>Creates a scorer. The vectors must not change while it is used.</summary>
    /// <param name="device">The device of the vectors.</param>
    /// <param name="users">The users' vectors, a row each.</param>
    /// <param name="items">The items' vectors, a row each, as long as those of users.</param>
    /// <param name="bias">A number for each item, or none for 0.</param>
    /// <param name="foldIn">Computes the vectors of new users, a row each, in a memory of their own; null if there are none.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public DotScorer(
        IDevice device, Matrix users, Matrix items, Slice<Real> bias = default, Func<IReadOnlyList<ItemHistory>, Matrix>? foldIn = null)
    {
        if (users.Columns != items.Columns || (bias.Length != items.Rows && !bias.IsEmpty))
        {
            throw new ArgumentException(
                $"users' vectors of {users.Columns}, {items.Rows} items' vectors of {items.Columns} and {bias.Length} biases do not fit");
        }

        (_device, _users, _items, _foldIn) = (device, users, items, foldIn);
        _bias = new Real[bias.Length];
        bias.Read(_bias);
        (_userVectors, _itemVectors, _scores, _bestScores) = (new(device), new(device), new(device), new(device));
        (_rows, _starts, _leftOut, _nonFinite, _bestItems) = (new(device), new(device), new(device), new(device), new(device));
    }

    /// <summary>Is called before the vectors of users are read, and may compute them then.</summary>
    internal Action<ReadOnlySpan<int>>? BeforeUsers { get; init; }

    /// <inheritdoc/>
    public int UsersAtOnce(int items) => UserBlock;

    /// <inheritdoc/>
    public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        if (scores.Length != (long)users.Length * items.Length)
            throw new ArgumentException($"{scores.Length} scores for {users.Length} users times {items.Length} items", nameof(scores));
        _listed = null;
        Matrix product = new(_scores.Part(scores.Length), users.Length, items.Length);
        _device.Multiply(GatherUsers(users), Gather(_items, items, _itemVectors), product, Transposed.B);
        product.Values.Read(scores);
        for (int i = 0; i < scores.Length && _bias.Length > 0; i++)
            scores[i] += _bias[items[i % items.Length]];
    }

    /// <inheritdoc/>
    public ScoredItem[]?[] Best(ReadOnlySpan<int> users, ListedItems listed, IReadOnlyList<IReadOnlyList<int>> leftOut)
    {
        if (_listed != listed)
        {
            Matrix items = Gather(_items, listed.Rows, _itemVectors);
            Real[] bias = [.. listed.Rows.ToArray().Where(_ => _bias.Length > 0).Select(row => _bias[row])];
            _ranking = new DotRanking(default, items, Put<Real>(bias), Put(listed.IdRanks), default, default);
            _listed = listed;
        }

        int count = users.Length, most = listed.Most;
        int[] starts = new int[count + 1], without = [.. leftOut.SelectMany(some => some)];
        for (int user = 0; user < count; user++)
            starts[user + 1] = starts[user] + leftOut[user].Count;
        Slice<int> startsOf = _starts.Part(count + 1), nonFinite = _nonFinite.Part(count), bestItems = _bestItems.Part(count * most);
        Slice<Real> bestScores = _bestScores.Part(count * most);
        startsOf.Write(starts);
        DotRanking ranking = _ranking with
        {
            Users = GatherUsers(users),
            LeftOutStarts = startsOf,
            LeftOut = RowIds.Write(_leftOut.Part(without.Length), without),
        };
        _device.TopDots(ranking, nonFinite, bestItems, new Matrix(bestScores, count, most));
        return DeviceSelection.Lists(nonFinite, bestItems, bestScores, most);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The scorer was created without fold-in.</exception>
    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) => _foldIn is null
        ? throw new InvalidOperationException("this scorer was created without fold-in for new users")
        : new DotScorer(_device, _foldIn(histories), _items, Put<Real>(_bias));

    private Matrix GatherUsers(ReadOnlySpan<int> users)
    {
        BeforeUsers?.Invoke(users);
        return Gather(_users, users, _userVectors);
    }

    private Matrix Gather(Matrix table, ReadOnlySpan<int> rows, DeviceArray<Real> array)
    {
        Matrix vectors = new(array.Part(checked(rows.Length * table.Columns)), rows.Length, table.Columns);
        _device.Gather(table, RowIds.Write(_rows.Part(rows.Length), rows), vectors);
        return vectors;
    }

    private Slice<T> Put<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Slice<T> slice = _device.Allocate<T>(values.Length).Slice();
        slice.Write(values);
        return slice;
    }
}
