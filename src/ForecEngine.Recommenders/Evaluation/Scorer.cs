// A model's scores of given pairs: its logits, which rank as its probabilities do but do not run together where those
// round to 1.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Fused;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>Scores pairs of users and items.</summary>
/// <param name="device">What computes.</param>
public sealed class Scorer(IDevice device)
{
    private const int BatchSize = 4096;

    private readonly Tape _tape = new(device, recording: false);
    private readonly Minibatch _batch = new(device, BatchSize);
    private readonly Slice<Real> _logits = device.Allocate<Real>(BatchSize).Slice();

    /// <summary>Overwrites <paramref name="scores"/> with the logit of each pair, all of one market.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Score(IRecommender model, ReadOnlySpan<int> users, ReadOnlySpan<int> items, Span<Real> scores, int market = 0)
    {
        if (users.Length != items.Length || users.Length != scores.Length)
            throw new ArgumentException($"{users.Length} users, {items.Length} items and {scores.Length} scores; equal numbers are needed", nameof(scores));
        Network? network = (model as INetworkModel)?.Parts.ToScore();
        for (int start = 0; start < scores.Length; start += BatchSize)
        {
            int count = Math.Min(BatchSize, scores.Length - start);
            _batch.Set(users.Slice(start, count), items.Slice(start, count), market);
            Logits(model, network).Read(scores.Slice(start, count));
        }
    }

    // Of the minibatch: by the fused step's network where the device has it, or by the model's own operations. The same bits.
    private Slice<Real> Logits(IRecommender model, Network? network)
    {
        if (network is not null && device.Networks is { } kernel)
        {
            Slice<Real> logits = _logits.Part(0, _batch.Count);
            kernel.Score(network, _batch.Users.Values, _batch.Items.Values, _batch.Markets.Values, logits);
            return logits;
        }

        _tape.Reset();
        return model.Logits(_tape, _batch).Value.Values;
    }
}
