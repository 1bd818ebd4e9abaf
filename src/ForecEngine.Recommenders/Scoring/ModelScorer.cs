// Scores with the logits of a neural model. They rank like the probabilities, and stay distinct where probabilities round to 1.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>Scores with the logits of a model for one market.</summary>
public sealed class ModelScorer : IScorer
{
    private const int BatchSize = 4096;

    private readonly IDevice _device;
    private readonly IRecommender _model;
    private readonly int _market;
    private readonly FoldIn? _foldIn;
    private readonly Tape _tape;
    private readonly INetworkProgram? _program;
    private readonly Minibatch _batch;
    private readonly Slice<Real> _logits;
    private readonly int[] _users = new int[BatchSize];
    private readonly int[] _items = new int[BatchSize];

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
        _logits = device.Allocate<Real>(BatchSize).Slice();
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        Require(users.Length == items.Length && users.Length == scores.Length, "equal numbers", users, items, scores);
        for (int start = 0; start < scores.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, scores.Length - start);
            ScoreBatch(users.Slice(start, count), items.Slice(start, count), scores.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    public void ScoreAll(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        Require(scores.Length == (long)users.Length * items.Length, "users times items", users, items, scores);
        int user = 0, item = 0;
        for (int start = 0; start < scores.Length; start += BatchSize)
        {
            // The next pairs, user by user; the items of a user may continue in the next batch.
            int count = Math.Min(BatchSize, scores.Length - start);
            for (int filled = 0; filled < count;)
            {
                int run = Math.Min(count - filled, items.Length - item);
                _users.AsSpan(filled, run).Fill(users[user]);
                items.Slice(item, run).CopyTo(_items.AsSpan(filled));
                filled += run;
                item += run;
                if (item == items.Length)
                    (user, item) = (user + 1, 0);
            }

            ScoreBatch(_users.AsSpan(0, count), _items.AsSpan(0, count), scores.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The scorer was created without fold-in.</exception>
    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) => _foldIn is null
        ? throw new InvalidOperationException("this scorer was created without fold-in for new users")
        : new ModelScorer(_device, _foldIn.Fit(histories), _market);

    private static void Require(bool fits, string needed, ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<Real> scores)
    {
        if (fits)
            return;
        throw new ArgumentException(
            $"{users.Length} users, {items.Length} items and {scores.Length} scores; expects {needed}", nameof(scores));
    }

    // Scores at most one batch, with the compiled network if the device has one, otherwise with the operations of the model.
    private void ScoreBatch(ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores)
    {
        _batch.Set(users, items, _market);
        Slice<Real> logits = _logits.Part(0, _batch.Count);
        if (_program is not null)
        {
            _program.Score(_batch.Samples, logits);
        }
        else
        {
            _tape.Reset();
            logits = _model.Logits(_tape, _batch).Value.Values;
        }

        logits.Read(scores);
    }
}
