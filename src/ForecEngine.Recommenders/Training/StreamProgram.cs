// Rounds over streams of samples. If the device's memory is the host's, the host reads a round's losses after the round; otherwise after
// many rounds, so that the device does not have to wait. The samples of these rounds are gathered, and their rows sorted, before the first
// of them.

namespace ForecEngine.Recommenders.Training;

/// <summary>Trains on the minibatches of markets, round by round.</summary>
public abstract class StreamProgram : TrainingProgram
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
    private protected StreamProgram(
        IDevice device, Optimiser optimiser, IReadOnlyList<SampleStream> streams, int minibatches, int lossesPerRound)
        : base(optimiser)
    {
        (Streams, _minibatches, _lossesPerRound) = (streams, minibatches, lossesPerRound);
        Rounds = Math.Max(1, streams.Max(stream => stream.Batches) / minibatches);
        long perRound = streams.Max(stream => (long)stream.BatchSize * minibatches);
        RoundsAtOnce = device.IsHost ? 1 : (int)Math.Clamp(SamplesAhead / perRound, 1, Math.Min(RoundsAhead, Rounds));
        SampleStream.Reserve(streams, RoundsAtOnce * minibatches);
        _losses = device.Allocate<Real>(RoundsAtOnce * lossesPerRound).Slice();
        _read = new Real[_losses.Length];
        _results = new RoundResult[RoundsAtOnce];
    }

    /// <inheritdoc/>
    public override int RoundsAtOnce { get; }

    /// <summary>The number of rounds in an epoch, in which the longest stream is seen once.</summary>
    public override int Rounds { get; }

    /// <summary>The markets' samples.</summary>
    protected IReadOnlyList<SampleStream> Streams { get; }

    /// <inheritdoc/>
    public override void Begin(int epoch, long roundsBefore, ParallelOptions together)
    {
        RoundsBefore = roundsBefore;
        SampleStream.Begin(Streams, epoch, together);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<RoundResult> Run(int first, int count)
    {
        using (TraceSpan.OfPeriod(TraceSpan.Steps))
        {
            SampleStream.Take(Streams, first * _minibatches, count * _minibatches);
            for (int i = 0; i < count; i++)
            {
                SetRate(first + i);
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
