// The samples of a training step, or pairs to score.

namespace ForecEngine.Recommenders.Models;

/// <summary>(user, item, label) triples by their rows in the embedding tables, with the market of each. An instance is reused.</summary>
public sealed class Minibatch
{
    private readonly IDevice _device;
    private readonly Slice<int> _users;
    private readonly Slice<int> _items;
    private readonly Slice<int> _markets;
    private readonly Slice<Real> _labels;
    private int _sameMarket; // the market in all elements of _markets; -1 if they differ

    /// <summary>An empty minibatch with room for <paramref name="capacity"/> samples; if 0, it refers to memory of others.</summary>
    public Minibatch(IDevice device, int capacity)
    {
        _device = device;
        if (capacity == 0)
            return;
        _users = device.Allocate<int>(capacity).Slice();
        _items = device.Allocate<int>(capacity).Slice();
        _markets = device.Allocate<int>(capacity).Slice();
        _labels = device.Allocate<Real>(capacity).Slice();
    }

    /// <summary>The samples for operations of the device.</summary>
    public SampleBatch Samples { get; private set; }

    /// <summary>The number of samples.</summary>
    public int Count => Samples.Users.Count;

    /// <summary>The users' rows.</summary>
    public RowIds Users => Samples.Users;

    /// <summary>The items' rows.</summary>
    public RowIds Items => Samples.Items;

    /// <summary>The indexes of the samples' markets, in the order of the markets' names.</summary>
    public RowIds Markets => Samples.Markets;

    /// <summary>The market of all samples; -1 if they are of several markets.</summary>
    public int Market { get; private set; }

    /// <summary>
    /// The number of consecutive samples that belong together, a positive and its negatives; 1 if the samples are independent.
    /// </summary>
    public int GroupSize { get; private set; } = 1;

    /// <summary>1 for a positive, 0 for a negative: [samples, 1].</summary>
    public Matrix Labels => new(Samples.Labels, Count, 1);

    /// <summary>Replaces the samples.</summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="labels">1 or 0.</param>
    /// <param name="markets">The market of each sample; empty if all are of market 0.</param>
    /// <exception cref="ArgumentException">The lengths differ or exceed the capacity.</exception>
    public void Set(ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<Real> labels, ReadOnlySpan<int> markets = default)
    {
        if (users.Length != items.Length || users.Length != labels.Length || labels.Length > _labels.Length)
        {
            string lengths = $"{users.Length} users, {items.Length} items and {labels.Length} labels";
            throw new ArgumentException($"{lengths}; expects equal numbers up to {_labels.Length}", nameof(users));
        }

        if (!markets.IsEmpty && markets.Length != users.Length)
            throw new ArgumentException($"{markets.Length} markets for {users.Length} samples; expects one each, or none", nameof(markets));
        _labels.Write(labels);
        if (markets.IsEmpty || !markets.ContainsAnyExcept(markets[0]))
        {
            Set(users, items, markets.IsEmpty ? 0 : markets[0]);
            return;
        }

        (Market, _sameMarket) = (-1, -1);
        Hold(RowIds.Write(_users, users), RowIds.Write(_items, items), RowIds.Write(_markets, markets));
    }

    /// <summary>Replaces the samples by pairs of one market, and keeps the labels.</summary>
    public void Set(ReadOnlySpan<int> users, ReadOnlySpan<int> items, int market = 0)
    {
        if (users.Length != items.Length || users.Length > _labels.Length)
        {
            string lengths = $"{users.Length} users and {items.Length} items";
            throw new ArgumentException($"{lengths}; expects equal numbers up to {_labels.Length}", nameof(users));
        }

        SetMarket(market);
        Hold(RowIds.Write(_users, users), RowIds.Write(_items, items), RowIds.Known(_markets.Part(0, users.Length), market + 1));
    }

    /// <summary>
    /// Replaces the samples by pairs of every user with every item, user by user, which the device makes; keeps the labels.
    /// </summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="first">The first pair.</param>
    /// <param name="count">The number of pairs.</param>
    /// <param name="market">The market of all pairs.</param>
    public void SetPairs(RowIds users, RowIds items, int first, int count, int market = 0)
    {
        SetMarket(market);
        Slice<int> pairUsers = _users.Part(0, count), pairItems = _items.Part(0, count);
        _device.PairRows(users, items, first, pairUsers, pairItems);
        Hold(
            RowIds.Known(pairUsers, users.Bound), RowIds.Known(pairItems, items.Bound), RowIds.Known(_markets.Part(0, count), market + 1));
    }

    /// <summary>Sets the market of all following samples, which is then not written to the device with each minibatch.</summary>
    public void SetMarket(int market)
    {
        Market = market;
        if (_sameMarket == market)
            return;
        int[] markets = new int[_markets.Length];
        Array.Fill(markets, market);
        _markets.Write(markets);
        _sameMarket = market;
    }

    /// <summary>Replaces the samples by samples in memory of the device that others own.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="market">The market of all samples; -1 if they are of several markets.</param>
    /// <param name="groupSize">The number of consecutive samples that belong together.</param>
    internal void Refer(in SampleBatch samples, int market, int groupSize = 1) =>
        (Samples, Market, GroupSize) = (samples, market, groupSize);

    private void Hold(RowIds users, RowIds items, RowIds markets) =>
        Samples = new SampleBatch(users, items, markets, _labels.Part(0, users.Count));
}
