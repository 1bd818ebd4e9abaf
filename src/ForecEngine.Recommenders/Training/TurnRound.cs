// The round of ordinary training: a minibatch of each market in turn, a step and an update for each.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>A minibatch, a step and an update for each stream in turn, until the longest has been seen.</summary>
internal sealed class TurnRound(IDevice device, IStep step, IOptimiser optimiser, int batchSize) : IRound
{
    private readonly Minibatch _batch = new(device, batchSize);

    /// <inheritdoc/>
    public int Count(IReadOnlyList<SampleStream> streams) => streams.Max(stream => stream.Batches);

    /// <inheritdoc/>
    public int Minibatches => 1;

    /// <inheritdoc/>
    public RoundResult Run(IReadOnlyList<SampleStream> streams)
    {
        double sum = 0;
        int samples = 0;
        for (int i = 0; i < streams.Count; i++)
        {
            int count = streams[i].Next(_batch);
            Real loss;
            using (TraceSpan.OfStage("step"))
                loss = step.Run(_batch);
            sum += (double)loss * count;
            samples += count;
            if (!Real.IsFinite(loss))
                break; // the parameters stay as they were, for the trainer to tell which is at fault
            using (TraceSpan.OfStage("optimiser"))
                optimiser.Update();
        }

        return new RoundResult(sum / samples, samples);
    }
}
