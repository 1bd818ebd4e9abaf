// The trainer of every phase that is trained by gradients: epochs of a program's rounds.

using System.Diagnostics;

namespace ForecEngine.Recommenders.Training;

/// <summary>The figures of a trained phase.</summary>
/// <param name="Name">The phase.</param>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="BestEpoch">The epoch, from 1, whose parameters were kept.</param>
/// <param name="Samples">The number of (user, item, label) triples, including negatives.</param>
/// <param name="Seconds">The seconds of training and sampling, without evaluation.</param>
/// <param name="Loss">The mean loss of the last epoch, in nats.</param>
/// <param name="Cached">Whether another run trained the phase; the figures are then those of that run.</param>
public sealed record PhaseResult(string Name, int Epochs, int BestEpoch, long Samples, double Seconds, double Loss, bool Cached = false)
{
    /// <summary>The part of <see cref="Seconds"/> in the first epoch. On a GPU it includes the compilation of the kernels.</summary>
    public double FirstEpochSeconds { get; init; }
}

/// <summary>Trains a model through the epochs of a phase.</summary>
/// <param name="device">The device that computes.</param>
/// <param name="phase">The phase's name.</param>
/// <param name="parameters">The parameters of the model to train.</param>
/// <param name="optimiser">The optimiser of its parameters.</param>
/// <param name="program">Runs the rounds of an epoch.</param>
/// <param name="settings">The number of epochs, and which epoch is kept.</param>
/// <param name="threads">The most threads that draw samples.</param>
public sealed class PhaseTrainer(
    IDevice device, string phase, IReadOnlyList<Parameter> parameters, Optimiser optimiser, TrainingProgram program,
    GradientSettings settings, int threads)
{
    private readonly ParallelOptions _together = new() { MaxDegreeOfParallelism = threads };
    private readonly FiniteCheck _check = new(device, parameters, optimiser);

    /// <summary>The best parameters so far; null if the last epoch is kept.</summary>
    internal BestParameters? Best { get; } = settings.ChoosesEpoch ? new BestParameters(device, parameters) : null;

    /// <summary>The mean of the epochs' parameters; null if the parameters themselves are kept.</summary>
    internal WeightAverage? Average { get; } =
        settings.WeightAveraging > 0 ? new WeightAverage(device, parameters, settings.WeightAveraging) : null;

    /// <summary>The state at the end of the last training.</summary>
    public PhaseState State { get; private set; } = PhaseState.Beginning;

    /// <summary>Trains the model.</summary>
    /// <param name="validate">Returns nDCG@10 on validation; null if nothing was held out.</param>
    /// <param name="progress">Is called after each round.</param>
    /// <param name="from">The state to resume from, with the model and <see cref="Best"/> restored; null for the beginning.</param>
    /// <param name="checkpoints">Writes checkpoints, or null.</param>
    /// <param name="stop">When cancelled, training ends after the current round, with a last checkpoint.</param>
    /// <exception cref="DivergedException">A loss, a parameter or the optimiser's state is no longer finite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public PhaseResult Train(
        Func<double>? validate, Action<TrainingProgress>? progress, PhaseState? from = null, ICheckpoints? checkpoints = null,
        CancellationToken stop = default)
    {
        PhaseState state = from ?? PhaseState.Beginning;
        while (state.Epochs < settings.Epochs && !HasStopped(state))
        {
            state = RunEpoch(state, progress, checkpoints, stop);
            Average?.Add(state.Epochs);
            if (Best is not null && validate is not null)
            {
                Average?.Exchange();
                Best.Offer(state.Epochs, validate());
                Average?.Exchange();
                state = state with { BestEpoch = Best.Epoch, BestScore = Best.Score };
            }

            checkpoints?.EpochEnded(state);
        }

        if (state.Epochs < settings.Epochs)
            progress?.Invoke(new TrainingProgress(phase, state.Epochs, state.Epochs, 1, state.Samples, state.Seconds, state.Loss));
        if (Best is { Epoch: > 0 })
            Best.Restore();
        else if (state.Epochs > 0)
            Average?.Exchange();
        State = state;
        return Result(phase, state);
    }

    /// <summary>The figures of a phase by its last state.</summary>
    public static PhaseResult Result(string phase, PhaseState end) =>
        new(phase, end.Epochs, end.BestEpoch ?? end.Epochs, end.Samples, end.Seconds, end.Loss)
        {
            FirstEpochSeconds = end.FirstEpochSeconds,
        };

    // Early stopping: no epoch has been better than the best one for as many epochs as the patience.
    private bool HasStopped(PhaseState state) => state.BestEpoch is { } best && state.Epochs - best >= settings.Patience;

    private PhaseState RunEpoch(PhaseState state, Action<TrainingProgress>? progress, ICheckpoints? checkpoints, CancellationToken stop)
    {
        using OpenSpan period = TraceSpan.OfPeriod(TraceSpan.Epoch);
        int epoch = state.Epochs;
        long start = Stopwatch.GetTimestamp();
        (int done, long seen, double sum) = state.Part ?? new EpochPart(0, 0, 0);
        long before = state.Rounds - done;
        using (TraceSpan.OfStage("sampling"))
            program.Begin(epoch, before, _together);
        int rounds = program.Rounds;
        while (done < rounds)
        {
            if (stop.IsCancellationRequested || checkpoints is { IsDue: true })
            {
                RequireFinite(epoch, before + done);
                EpochPart? part = done > 0 ? new EpochPart(done, seen, sum) : null;
                checkpoints?.Keep(state with { Rounds = before + done, Seconds = SecondsSoFar(), Part = part });
                stop.ThrowIfCancellationRequested();
            }

            foreach (RoundResult result in program.Run(done, Math.Min(program.RoundsAtOnce, rounds - done)))
            {
                EngineEvents.CountSamples(result.Samples);
                done++;
                if (!double.IsFinite(result.Loss))
                    throw new DivergedException(phase, epoch + 1, before + done, _check.NonFinite() ?? "the loss");
                sum += result.Loss * result.Samples;
                seen += result.Samples;
            }

            progress?.Invoke(new TrainingProgress(
                phase, epoch + 1, settings.Epochs, (double)done / rounds, state.Samples + seen, SecondsSoFar(), sum / seen));
        }

        double seconds = SecondsSoFar();
        RequireFinite(epoch, before + done);
        return state with
        {
            Epochs = epoch + 1,
            Rounds = before + done,
            Samples = state.Samples + seen,
            Seconds = seconds,
            Loss = sum / Math.Max(1, seen),
            Part = null,
            FirstEpochSeconds = epoch == 0 ? seconds : state.FirstEpochSeconds,
        };

        double SecondsSoFar() => state.Seconds + Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void RequireFinite(int epoch, long step)
    {
        if (_check.NonFinite() is { } tensor)
            throw new DivergedException(phase, epoch + 1, step, tensor);
    }
}
