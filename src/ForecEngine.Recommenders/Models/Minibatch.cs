// The samples of one step.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>(user, item, label) triples, as rows of the embedding tables, and the market each is of. Reused from batch to batch.</summary>
public sealed class Minibatch
{
    private readonly Storage<Real> _labels;
    private readonly int[] _sameMarket;

    /// <summary>An empty minibatch with room for <paramref name="capacity"/> samples.</summary>
    public Minibatch(IDevice device, int capacity)
    {
        Users = new Indices(device, capacity);
        Items = new Indices(device, capacity);
        Markets = new Indices(device, capacity);
        _labels = device.Allocate<Real>(capacity);
        _sameMarket = new int[capacity];
    }

    /// <summary>How many samples there are.</summary>
    public int Count => Users.Count;

    /// <summary>The users' rows.</summary>
    public Indices Users { get; }

    /// <summary>The items' rows.</summary>
    public Indices Items { get; }

    /// <summary>The markets' places in the order of their names.</summary>
    public Indices Markets { get; }

    /// <summary>The one market that all samples are of, or -1 where they are of several.</summary>
    public int Market { get; private set; }

    /// <summary>1 for a positive, 0 for a negative: [samples, 1].</summary>
    public Matrix Labels => new(_labels.Slice(0, Count), Count, 1);

    /// <summary>Replaces the samples.</summary>
    /// <param name="users">The users' rows.</param>
    /// <param name="items">The items' rows.</param>
    /// <param name="labels">1 or 0.</param>
    /// <param name="markets">The market of each; none where all are of the first.</param>
    /// <exception cref="ArgumentException">The lengths differ or exceed the capacity.</exception>
    public void Set(ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<Real> labels, ReadOnlySpan<int> markets = default)
    {
        if (users.Length != items.Length || users.Length != labels.Length || labels.Length > _labels.Length)
            throw new ArgumentException($"{users.Length} users, {items.Length} items and {labels.Length} labels; equal numbers up to {_labels.Length} are needed", nameof(users));
        if (!markets.IsEmpty && markets.Length != users.Length)
            throw new ArgumentException($"{markets.Length} markets for {users.Length} samples; a market each is needed, or none", nameof(markets));
        Users.Set(users);
        Items.Set(items);
        _labels.Write(0, labels);
        if (markets.IsEmpty)
            SetMarket(0);
        else
            SetMarkets(markets);
    }

    /// <summary>Replaces the samples by pairs of one market that are to be scored, without labels.</summary>
    public void Set(ReadOnlySpan<int> users, ReadOnlySpan<int> items, int market = 0)
    {
        if (users.Length != items.Length || users.Length > _labels.Length)
            throw new ArgumentException($"{users.Length} users and {items.Length} items; equal numbers up to {_labels.Length} are needed", nameof(users));
        Users.Set(users);
        Items.Set(items);
        SetMarket(market);
    }

    private void SetMarket(int market)
    {
        if (Count > 0 && _sameMarket[0] != market)
            Array.Fill(_sameMarket, market);
        Markets.Set(_sameMarket.AsSpan(0, Count));
        Market = market;
    }

    private void SetMarkets(ReadOnlySpan<int> markets)
    {
        Markets.Set(markets);
        Market = markets.ContainsAnyExcept(markets[0]) ? -1 : markets[0];
    }
}
