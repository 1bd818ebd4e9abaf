// Ordinary training: a minibatch of each market in turn, a step for each, until the longest market has been seen.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Optimisers;

namespace ForecEngine.Recommenders.Training;

/// <summary>Rounds of a minibatch and a step for each stream.</summary>
/// <param name="device">What computes.</param>
/// <param name="gradient">What turns a minibatch into gradients.</param>
/// <param name="optimiser">What moves the parameters.</param>
/// <param name="streams">The markets' samples.</param>
public sealed class TurnProgram(IDevice device, LossGradient gradient, Optimiser optimiser, IReadOnlyList<SampleStream> streams)
    : Program(device, streams, minibatches: 1, lossesPerRound: streams.Count)
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
                optimiser.Update(loss);
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
