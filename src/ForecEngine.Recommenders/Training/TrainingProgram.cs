// A program runs the rounds of an epoch on the device, several at a time, and the host reads their losses afterwards. If the device's
// memory is the host's, it reads them after each round; otherwise after many rounds, so that the device does not have to wait.
// The samples of these rounds are gathered, and their rows sorted, before the first of them.

namespace ForecEngine.Recommenders.Training;

/// <summary>The result of a round.</summary>
/// <param name="Loss">The mean loss of its samples, in nats.</param>
/// <param name="Samples">The number of its samples.</param>
public readonly record struct RoundResult(double Loss, int Samples);

/// <summary>Trains on the minibatches of markets, round by round.</summary>
public abstract class TrainingProgram
{
    private const int SamplesAhead = 1 << 22; // of a stream: 40 bytes each, so 170 MB
    private const int RoundsAhead = 1 << 14; // a run stops between two calls

    private readonly int _minibatches;
    private readonly int _lossesPerRound;
    private readonly Slice<Real> _losses;
    private readonly Real[] _read;
    private readonly RoundResult[] _results;

    /// <summary>A program over streams of minibatches.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="optimiser">The optimiser.</param>
    /// <param name="streams">The streams.</param>
    /// <param name="minibatches">The number of minibatches of each stream in a round.</param>
    /// <param name="lossesPerRound">The number of losses that a round writes.</param>
    private protected TrainingProgram(
        IDevice device, Optimiser optimiser, IReadOnlyList<SampleStream> streams, int minibatches, int lossesPerRound)
    {
        (Optimiser, Streams, _minibatches, _lossesPerRound) = (optimiser, streams, minibatches, lossesPerRound);
        Rounds = Math.Max(1, streams.Max(stream => stream.Batches) / minibatches);
        long perRound = streams.Max(stream => (long)stream.BatchSize * minibatches);
        RoundsAtOnce = device.IsHost ? 1 : (int)Math.Clamp(SamplesAhead / perRound, 1, Math.Min(RoundsAhead, Rounds));
        SampleStream.Reserve(streams, RoundsAtOnce * minibatches);
        _losses = device.Allocate<Real>(RoundsAtOnce * lossesPerRound).Slice();
        _read = new Real[_losses.Length];
        _results = new RoundResult[RoundsAtOnce];
    }

    /// <summary>The most rounds in a call of <see cref="Run"/>.</summary>
    public int RoundsAtOnce { get; }

    /// <summary>The number of rounds in an epoch, in which the longest stream is seen once.</summary>
    public int Rounds { get; }

    /// <summary>The schedule of the learning rate over <see cref="Epochs"/>; by default the rate is constant.</summary>
    public RateSchedule Schedule { get; init; } = new();

    /// <summary>The number of epochs of the schedule.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The optimiser.</summary>
    private protected Optimiser Optimiser { get; }

    /// <summary>The markets' samples.</summary>
    protected IReadOnlyList<SampleStream> Streams { get; }

    /// <summary>The number of rounds in the epochs before this one.</summary>
    protected long RoundsBefore { get; private set; }

    /// <summary>Begins an epoch and draws its samples.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="roundsBefore">The number of rounds before it.</param>
    /// <param name="together">The number of threads that draw, which does not change the samples.</param>
    public void Begin(int epoch, long roundsBefore, ParallelOptions together)
    {
        RoundsBefore = roundsBefore;
        SampleStream.Begin(Streams, epoch, together);
    }

    /// <summary>Runs rounds of the epoch.</summary>
    /// <param name="first">The first round, from 0.</param>
    /// <param name="count">The number of rounds, at most <see cref="RoundsAtOnce"/>.</param>
    /// <returns>The results, valid until the next call. A step whose loss is not finite has moved no parameter.</returns>
    public ReadOnlySpan<RoundResult> Run(int first, int count)
    {
        using (TraceSpan.OfPeriod(TraceSpan.Steps))
        {
            SampleStream.Take(Streams, first * _minibatches, count * _minibatches);
            for (int i = 0; i < count; i++)
            {
                Optimiser.RateFactor = Schedule.FactorAt((RoundsBefore + first + i) / ((double)Epochs * Rounds));
                _results[i] = new RoundResult(0, RunRound(first + i, _losses.Part(i * _lossesPerRound, _lossesPerRound)));
            }
        }

        Span<Real> losses = _read.AsSpan(0, count * _lossesPerRound);
        _losses.Part(0, losses.Length).Read(losses);
        for (int i = 0; i < count; i++)
            _results[i] = _results[i] with { Loss = Loss(first + i, losses.Slice(i * _lossesPerRound, _lossesPerRound)) };
        return _results.AsSpan(0, count);
    }

    /// <summary>Runs a round.</summary>
    /// <returns>The number of samples in it.</returns>
    private protected abstract int RunRound(int round, Slice<Real> losses);

    /// <summary>The mean loss of a round's samples.</summary>
    private protected abstract double Loss(int round, ReadOnlySpan<Real> losses);
}
