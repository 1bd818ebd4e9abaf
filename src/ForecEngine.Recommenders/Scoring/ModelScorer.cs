// Scores with the logits of a neural model. They rank like the probabilities, and stay distinct where probabilities round to 1.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>Scores with the logits of a model for one market.</summary>
public sealed class ModelScorer : IScorer
{
    // The pairs of a batch. On a device with its own memory, a launch costs as much as scoring thousands of pairs.
    private const int HostBatch = 1 << 12;
    private const int DeviceBatch = 1 << 16;

    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly int _market;
    private readonly FoldIn? _foldIn;
    private readonly INetworkProgram? _program;

    // Scorers of folded-in users share these, so that a block of users allocates no memory again.
    private readonly Tape _tape;
    private readonly Minibatch _batch;
    private readonly DeviceArray<Real> _logits;
    private readonly DeviceArray<int> _users;
    private readonly DeviceArray<int> _items;
    private readonly DeviceArray<Real> _scores;
    private readonly DeviceSelection _selection;

    /// <summary>Creates a scorer.</summary>
    /// <param name="device">The device of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="market">The index of the market in the model.</param>
    /// <param name="foldIn">Fits the vectors of new users; null if there are none.</param>
    public ModelScorer(IDevice device, IRecommender model, int market = 0, FoldIn? foldIn = null)
    {
        (_device, _model, _market, _foldIn) = (device, model, market, foldIn);
        _tape = new Tape(device, recording: false);
        _program = LossGradient.Compile(_tape, model);
        _batch = new Minibatch(device, BatchSize);
        (_logits, _scores) = (new DeviceArray<Real>(device), new DeviceArray<Real>(device));
        (_users, _items) = (new DeviceArray<int>(device), new DeviceArray<int>(device));
        _selection = new DeviceSelection(device);
    }

    private ModelScorer(ModelScorer other, IRecommender folded)
    {
        (_device, _model, _market, _tape, _batch) = (other._device, folded, other._market, other._tape, other._batch);
        (_logits, _users, _items, _scores) = (other._logits, other._users, other._items, other._scores);
        _selection = other._selection;
        _program = LossGradient.Compile(_tape, folded);
    }

    private int BatchSize => _device.IsHost ? HostBatch : DeviceBatch;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        Require(users.Length == items.Length && users.Length == scores.Length, "equal numbers", users, items, scores);
        for (int start = 0; start < scores.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, scores.Length - start);
            _batch.Set(users.Slice(start, count), items.Slice(start, count), _market);
            Logits().Read(scores.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        Require(scores.Length == (long)users.Length * items.Length, "users times items", users, items, scores);
        (RowIds userRows, RowIds itemRows) = Rows(users, items);
        for (int start = 0; start < scores.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, scores.Length - start);
            _batch.SetPairs(userRows, itemRows, start, count, _market);
            Logits().Read(scores.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    public ScoredItem[]?[] Best(ReadOnlySpan<int> users, ListedItems listed, IReadOnlyList<IReadOnlyList<int>> leftOut)
    {
        if (_device.IsHost)
            return listed.BestOnHost(this, users, leftOut);
        (RowIds userRows, RowIds itemRows) = Rows(users, listed.Rows);
        Slice<Real> scores = _scores.Part(checked(users.Length * itemRows.Count));
        for (int start = 0; start < scores.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, scores.Length - start);
            _batch.SetPairs(userRows, itemRows, start, count, _market);
            _device.Copy(Logits(), scores.Part(start, count));
        }

        return _selection.Best(new Matrix(scores, users.Length, itemRows.Count), listed, leftOut);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The scorer was created without fold-in.</exception>
    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) => _foldIn is null
        ? throw new InvalidOperationException("this scorer was created without fold-in for new users")
        : new ModelScorer(this, _foldIn.Fit(histories));

    private static void Require(bool fits, string needed, ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<Real> scores)
    {
        if (fits)
            return;
        throw new ArgumentException(
            $"{users.Length} users, {items.Length} items and {scores.Length} scores; expects {needed}", nameof(scores));
    }

    private (RowIds Users, RowIds Items) Rows(ReadOnlySpan<int> users, ReadOnlySpan<int> items) =>
        (RowIds.Write(_users.Part(users.Length), users), RowIds.Write(_items.Part(items.Length), items));

    // The scores of the batch, from the compiled network if the device has one, otherwise from the operations of the model. The next call
    // overwrites them.
    private Slice<Real> Logits()
    {
        if (_program is not null)
        {
            Slice<Real> logits = _logits.Part(_batch.Count);
            _program.Score(_batch.Samples, logits);
            return logits;
        }

        _tape.Reset();
        return _model.Logits(_tape, _batch).Value.Values;
    }
}
