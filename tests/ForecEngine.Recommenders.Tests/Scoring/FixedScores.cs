// A recommender with given logits, for tests of their use.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Tests.Scoring;

internal sealed class FixedScores(IDevice device, Func<int, int, Real> score) : IRecommender
{
    public IReadOnlyList<Parameter> Parameters { get; } = [];

    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        // The scores are given, so there is nothing to initialise.
    }

    public IRecommender WithUsers(IDevice onDevice, int users) => this;

    public Tensor Logits(Tape tape, Minibatch batch)
    {
        Storage<Real> logits = device.Allocate<Real>(batch.Count);
        for (int i = 0; i < batch.Count; i++)
            logits.Write(i, [score(batch.Users.Values.Span[i], batch.Items.Values.Span[i])]);
        return tape.Constant(new Matrix(logits.Slice(), batch.Count, 1));
    }
}
