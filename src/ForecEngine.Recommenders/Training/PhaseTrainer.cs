// One trainer for every phase of every plan: epochs of rounds over the markets' streams. What a round is, the phase says.

using System.Diagnostics;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>What a phase cost.</summary>
/// <param name="Name">The phase.</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="BestEpoch">The epoch, from 1, whose parameters it ended with.</param>
/// <param name="Samples">(user, item, label) triples trained on, negatives included.</param>
/// <param name="Seconds">Seconds of training with its sampling, without evaluation.</param>
/// <param name="Loss">The mean loss of the last epoch, in nats.</param>
public sealed record PhaseResult(string Name, int Epochs, int BestEpoch, long Samples, double Seconds, double Loss);

/// <summary>Trains a model through the epochs of a phase.</summary>
internal sealed class PhaseTrainer(
    string phase, IRecommender model, IRound round, IReadOnlyList<SampleStream> streams, TrainingOptions options)
{
    /// <summary>Trains.</summary>
    /// <param name="validate">nDCG@10 on validation, or null where nothing was held out.</param>
    /// <param name="progress">What is told after each minibatch.</param>
    /// <exception cref="DivergedException">A loss or a parameter is no longer finite.</exception>
    public PhaseResult Train(Func<double>? validate, Action<TrainingProgress>? progress)
    {
        BestParameters? best = options.Keep == Keep.Best && validate is not null ? new BestParameters(model) : null;
        Stopwatch clock = new();
        long samples = 0, steps = 0;
        double mean = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            clock.Start();
            foreach (SampleStream stream in streams)
                stream.Begin(epoch);
            int rounds = round.Count(streams);
            double sum = 0;
            long seen = 0;
            for (int done = 1; done <= rounds; done++)
            {
                RoundResult result = round.Run(streams);
                EngineEvents.CountSamples(result.Samples);
                steps++;
                if (!double.IsFinite(result.Loss))
                    throw new DivergedException(phase, epoch + 1, steps, NonFinite() ?? "the loss");
                sum += result.Loss * result.Samples;
                seen += result.Samples;
                progress?.Invoke(new TrainingProgress(
                    phase, epoch + 1, options.Epochs, (double)done / rounds, samples + seen, clock.Elapsed.TotalSeconds, sum / seen));
            }

            samples += seen;
            mean = sum / Math.Max(1, seen);
            clock.Stop();
            if (NonFinite() is { } tensor)
                throw new DivergedException(phase, epoch + 1, steps, tensor);
            if (best is not null && validate is not null)
                best.Offer(epoch + 1, validate());
        }

        best?.Restore();
        return new PhaseResult(phase, options.Epochs, best?.Epoch ?? options.Epochs, samples, clock.Elapsed.TotalSeconds, mean);
    }

    private string? NonFinite()
    {
        foreach (Parameter parameter in model.Parameters)
        {
            Real[] values = new Real[parameter.Value.Values.Length];
            parameter.Value.Values.Read(values);
            if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<Real>(values))
                return parameter.Name;
        }

        return null;
    }
}
