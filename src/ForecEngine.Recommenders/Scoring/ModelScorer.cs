// A neural model's scores: its logits, which rank as its probabilities do but do not run together where those round to 1.

using ForecEngine.Kernels.Fused;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>Scores by a model's logits for one market.</summary>
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

    /// <summary>A scorer of a model.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="model">The model.</param>
    /// <param name="market">The market's place among the model's.</param>
    /// <param name="foldIn">How the vectors of new users are fitted; null where none are.</param>
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
            // The next pairs, user by user; a user's items may begin in one batch and end in the next.
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
    /// <exception cref="InvalidOperationException">The scorer was made without a way to fit new users.</exception>
    public IScorer FoldIn(IReadOnlyList<ItemHistory> histories) => _foldIn is null
        ? throw new InvalidOperationException("this scorer was made without a way to fit new users")
        : new ModelScorer(_device, _foldIn.Fit(histories), _market);

    private static void Require(bool fits, string needed, ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<Real> scores)
    {
        if (fits)
            return;
        throw new ArgumentException(
            $"{users.Length} users, {items.Length} items and {scores.Length} scores; {needed} are needed", nameof(scores));
    }

    // At most a batch, compiled where the device compiles the network, or by the model's own operations: the same bits.
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
