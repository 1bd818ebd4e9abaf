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
/// <param name="Cached">Whether another run trained it, and these are its figures.</param>
public sealed record PhaseResult(string Name, int Epochs, int BestEpoch, long Samples, double Seconds, double Loss, bool Cached = false);

/// <summary>Trains a model through the epochs of a phase.</summary>
/// <param name="phase">The phase's name.</param>
/// <param name="model">What is trained.</param>
/// <param name="round">What happens between two looks at the progress.</param>
/// <param name="streams">The markets' samples.</param>
/// <param name="options">The numbers of training.</param>
/// <param name="threads">How many threads may draw samples at once.</param>
internal sealed class PhaseTrainer(
    string phase, IRecommender model, IRound round, IReadOnlyList<SampleStream> streams, TrainingOptions options, int threads)
{
    private readonly ParallelOptions _together = new() { MaxDegreeOfParallelism = threads };

    /// <summary>The best parameters so far, where the options ask for them.</summary>
    public BestParameters? Best { get; } = options.Keep == Keep.Best ? new BestParameters(model) : null;

    /// <summary>Trains.</summary>
    /// <param name="validate">nDCG@10 on validation, or null where nothing was held out.</param>
    /// <param name="progress">What is told after each minibatch.</param>
    /// <param name="from">Where to go on, the model and <see cref="Best"/> being as they were there; null for the beginning.</param>
    /// <param name="epochEnded">What is told after each epoch.</param>
    /// <exception cref="DivergedException">A loss or a parameter is no longer finite.</exception>
    public PhaseResult Train(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState? from = null, Action<PhaseState>? epochEnded = null)
    {
        PhaseState state = from ?? PhaseState.Beginning;
        while (state.Epochs < options.Epochs)
        {
            state = RunEpoch(state, progress);
            if (Best is not null && validate is not null)
            {
                Best.Offer(state.Epochs, validate());
                state = state with { BestEpoch = Best.Epoch, BestScore = Best.Score };
            }

            epochEnded?.Invoke(state);
        }

        Best?.Restore();
        return Result(phase, state);
    }

    /// <summary>What a phase that ended so cost.</summary>
    public static PhaseResult Result(string phase, PhaseState end) =>
        new(phase, end.Epochs, end.BestEpoch ?? end.Epochs, end.Samples, end.Seconds, end.Loss);

    private PhaseState RunEpoch(PhaseState state, Action<TrainingProgress>? progress)
    {
        (int epoch, long steps) = (state.Epochs, state.Rounds);
        long start = Stopwatch.GetTimestamp();
        using (TraceSpan.OfStage("sampling"))
            SampleStream.Begin(streams, epoch, _together);
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
                phase, epoch + 1, options.Epochs, (double)done / rounds, state.Samples + seen, state.Seconds + Stopwatch.GetElapsedTime(start).TotalSeconds, sum / seen));
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return NonFinite() is { } tensor
            ? throw new DivergedException(phase, epoch + 1, steps, tensor)
            : state with { Epochs = epoch + 1, Rounds = steps, Samples = state.Samples + seen, Seconds = state.Seconds + seconds, Loss = sum / Math.Max(1, seen) };
    }

    private string? NonFinite()
    {
        using OpenSpan span = TraceSpan.OfStage("checking");
        foreach (Parameter parameter in model.Parameters.Where(p => !p.IsFrozen))
        {
            Real[] values = new Real[Math.Min(Parameter.PartLength, parameter.Value.Values.Length)];
            foreach (Slice<Real> part in parameter.Value.Values.Parts(Parameter.PartLength))
            {
                part.Read(values);
                if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<Real>(values.AsSpan(0, part.Length)))
                    return parameter.Name;
            }
        }

        return null;
    }
}
