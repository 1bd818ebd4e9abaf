// Ordinary training: the markets take turns, with a minibatch and a step for each, until the longest market has been seen once.

namespace ForecEngine.Recommenders.Training;

/// <summary>Rounds with a minibatch and a step for each stream.</summary>
/// <param name="device">The device that computes.</param>
/// <param name="gradient">Computes the gradients of a minibatch.</param>
/// <param name="optimiser">The optimiser.</param>
/// <param name="streams">The markets' samples.</param>
public sealed class TurnProgram(IDevice device, LossGradient gradient, Optimiser optimiser, IReadOnlyList<SampleStream> streams)
    : StreamProgram(device, optimiser, streams, minibatches: 1, lossesPerRound: streams.Count)
{
    private protected override int RunRound(int round, Slice<Real> losses)
    {
        int samples = 0;
        for (int i = 0; i < Streams.Count; i++)
        {
            Models.Minibatch batch = Streams[i].BatchAt(round);
            Slice<Real> loss = losses.Part(i, 1);
            using (TraceSpan.OfStage("gradient"))
                gradient.Add(batch, 1, loss, (int)(((RoundsBefore + round) * Streams.Count) + i + 1));
            using (TraceSpan.OfStage("optimiser"))
                Optimiser.Update(loss);
            samples += batch.Count;
        }

        return samples;
    }

    private protected override double Loss(int round, ReadOnlySpan<Real> losses)
    {
        double sum = 0;
        int samples = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            int count = Streams[i].Count(round);
            sum += (double)losses[i] * count;
            samples += count;
        }

        return sum / samples;
    }
}
