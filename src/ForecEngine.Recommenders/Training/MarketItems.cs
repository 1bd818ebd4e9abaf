// The items of each market as the classes of a softmax. The place of an item is looked up on the host, so that on another device each
// minibatch is read back once.

namespace ForecEngine.Recommenders.Training;

/// <summary>The items of markets, and the places of the items of minibatches among them.</summary>
public sealed class MarketItems
{
    private readonly Dictionary<int, (RowIds Items, RowIds NoBiases, int[] Places)> _markets = [];
    private readonly EmbeddingTable _noBias; // one row, for models without biases
    private readonly DeviceArray<int> _targets;
    private int[] _rows = [];

    /// <summary>The items of markets; those that a market only has as further candidates are not among them.</summary>
    public MarketItems(IDevice device, IReadOnlyList<PlacedMarket> markets)
    {
        (_targets, _noBias) = (new(device), new EmbeddingTable(device, "no_bias", 1, 1).Frozen());
        foreach (PlacedMarket placed in markets)
        {
            int[] rows = placed.PoolRows(), places = new int[rows.Max() + 1];
            places.AsSpan().Fill(-1);
            foreach ((int place, int row) in rows.Index())
                places[row] = place;
            _markets[placed.Index] = (
                RowIds.WriteDistinct(device.Allocate<int>(rows.Length).Slice(), rows),
                RowIds.Write(device.Allocate<int>(rows.Length).Slice(), new int[rows.Length]), places);
        }
    }

    /// <summary>The mean cross-entropy, in nats, of the softmax over all items of the minibatch's market: [1, 1].</summary>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="model">The model.</param>
    /// <param name="batch">Users and the items that they chose, of one market.</param>
    /// <exception cref="ArgumentException">The samples are of several markets, or of one without items here.</exception>
    internal Tensor Loss(Tape tape, IDotProduct model, Minibatch batch)
    {
        if (!_markets.TryGetValue(batch.Market, out (RowIds Items, RowIds NoBiases, int[] Places) market))
            throw new ArgumentException($"there are no items of market {batch.Market}, which all samples must be of", nameof(batch));
        if (_rows.Length < batch.Count)
            _rows = new int[batch.Count];
        Span<int> targets = _rows.AsSpan(0, batch.Count);
        batch.Items.Values.Read(targets);
        foreach (ref int row in targets)
            row = market.Places[row];
        RowIds ids = RowIds.Write(_targets.Part(batch.Count), targets);
        Tensor users = model.UserVectors(tape, batch);
        return tape.Mean(model.ItemBiases is { } biases
            ? tape.SoftmaxLoss(users, model.ItemVectors, market.Items, biases, market.Items, ids)
            : tape.SoftmaxLoss(users, model.ItemVectors, market.Items, _noBias, market.NoBiases, ids));
    }
}
