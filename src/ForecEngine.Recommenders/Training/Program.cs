// What a phase trains by: the rounds of an epoch, run on the device some at a time. The host reads their losses afterwards: after each
// round where the device's memory is its own, else after so many that the device does not wait for it.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Training;

/// <summary>What a round did.</summary>
/// <param name="Loss">The mean loss of its samples, in nats.</param>
/// <param name="Samples">How many samples it trained on.</param>
public readonly record struct RoundResult(double Loss, int Samples);

/// <summary>Trains on the minibatches of markets, round by round.</summary>
public abstract class Program
{
    private const int RoundsAhead = 64;

    private readonly int _lossesPerRound;
    private readonly Slice<Real> _losses;
    private readonly Real[] _read;
    private readonly RoundResult[] _results;

    /// <summary>A program over streams of minibatches.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="streams">The streams.</param>
    /// <param name="minibatches">How many minibatches of each stream a round takes.</param>
    /// <param name="lossesPerRound">How many numbers a round tells.</param>
    private protected Program(IDevice device, IReadOnlyList<SampleStream> streams, int minibatches, int lossesPerRound)
    {
        (Streams, _lossesPerRound) = (streams, lossesPerRound);
        RoundsAtOnce = device.IsHost ? 1 : RoundsAhead;
        Rounds = Math.Max(1, streams.Max(stream => stream.Batches) / minibatches);
        _losses = device.Allocate<Real>(RoundsAtOnce * lossesPerRound).Slice();
        _read = new Real[_losses.Length];
        _results = new RoundResult[RoundsAtOnce];
    }

    /// <summary>How many rounds <see cref="Run"/> takes at once, at most.</summary>
    public int RoundsAtOnce { get; }

    /// <summary>How many rounds an epoch has: until the longest stream has been seen.</summary>
    public int Rounds { get; }

    /// <summary>The markets' samples.</summary>
    protected IReadOnlyList<SampleStream> Streams { get; }

    /// <summary>How many rounds there were in the epochs before this one.</summary>
    protected long RoundsBefore { get; private set; }

    /// <summary>Begins an epoch: draws its samples.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="roundsBefore">How many rounds there were before it.</param>
    /// <param name="together">How many threads may draw; that cannot be seen in what is drawn.</param>
    public void Begin(int epoch, long roundsBefore, ParallelOptions together)
    {
        RoundsBefore = roundsBefore;
        SampleStream.Begin(Streams, epoch, together);
    }

    /// <summary>Runs rounds of the epoch.</summary>
    /// <param name="first">The first, from 0.</param>
    /// <param name="count">How many, at most <see cref="RoundsAtOnce"/>.</param>
    /// <returns>What each did, valid until the next call. A round whose loss is not finite has moved nothing by it.</returns>
    public ReadOnlySpan<RoundResult> Run(int first, int count)
    {
        for (int i = 0; i < count; i++)
            _results[i] = new RoundResult(0, RunRound(first + i, _losses.Part(i * _lossesPerRound, _lossesPerRound)));
        Span<Real> losses = _read.AsSpan(0, count * _lossesPerRound);
        _losses.Part(0, losses.Length).Read(losses);
        for (int i = 0; i < count; i++)
            _results[i] = _results[i] with { Loss = Loss(first + i, losses.Slice(i * _lossesPerRound, _lossesPerRound)) };
        return _results.AsSpan(0, count);
    }

    /// <summary>Runs a round.</summary>
    /// <returns>How many samples it trained on.</returns>
    private protected abstract int RunRound(int round, Slice<Real> losses);

    /// <summary>The mean loss of a round's samples.</summary>
    private protected abstract double Loss(int round, ReadOnlySpan<Real> losses);
}
