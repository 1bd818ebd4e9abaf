// The minibatches of a market - or of several as one - epoch by epoch. A pass over an epoch's samples (EpochSamples) is a random
// order of their own cut into minibatches, the last one shorter. A stream that is asked for more starts another pass, in another
// order, over the same epoch's samples.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Minibatches of (user, item, label) triples.</summary>
internal sealed class SampleStream
{
    private const int RunSamples = 1 << 14;

    private readonly EpochSamples _epochSamples;
    private readonly TrainingOptions _options;
    private readonly ParallelOptions _together;
    private readonly ulong _seed;
    private readonly string _orderName;
    private readonly int _firstEpoch;
    private readonly int[] _order;
    private readonly Sample[] _ordered;
    private readonly int[] _users;
    private readonly int[] _items;
    private readonly int[] _markets;
    private readonly Real[] _labels;
    private int _next;
    private int _epoch;
    private int _pass;
    private bool _isDrawn;

    /// <summary>A stream over markets taken as one.</summary>
    /// <param name="markets">The markets.</param>
    /// <param name="options">The numbers of training.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="phase">The phase, which gives the order of the samples its own draws.</param>
    /// <param name="firstEpoch">How many epochs the phases before it had, so that no two draw the same negatives; or one number for phases that share them.</param>
    /// <param name="threads">How many threads may draw and put in order.</param>
    public SampleStream(IReadOnlyList<PlacedMarket> markets, TrainingOptions options, ulong seed, string phase, int firstEpoch, int threads = 1)
    {
        _seed = seed;
        _firstEpoch = firstEpoch;
        _options = options;
        _together = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _orderName = $"order/{phase}/{string.Join(',', markets.Select(m => m.Market.Name))}";
        long most = markets.Sum(m => (long)m.Market.TrainUsers.Length * (1 + options.Negatives));
        if (most > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch of {most} samples; fewer negatives a positive are needed for {Array.MaxLength} at the most");
        _epochSamples = new EpochSamples(markets, options.Negatives, seed, _together);
        int count = _epochSamples.Samples.Length;
        (_order, _ordered) = (new int[count], new Sample[count]);
        (_users, _items, _markets, _labels) = (new int[options.BatchSize], new int[options.BatchSize], new int[options.BatchSize], new Real[options.BatchSize]);
    }

    /// <summary>How many minibatches a pass has.</summary>
    public int Batches => (_order.Length + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>Begins an epoch, from 0: draws its negatives and the order of its first pass.</summary>
    public void Begin(int epoch)
    {
        _epoch = epoch;
        _pass = 0;
        if (_options.RedrawNegatives)
            _epochSamples.Draw(_firstEpoch + epoch);
        else if (!_isDrawn)
            _epochSamples.Draw(_firstEpoch); // also where a phase goes on from a checkpoint's epoch
        _isDrawn = true;
        StartPass();
    }

    /// <summary>Overwrites <paramref name="batch"/> with the next samples.</summary>
    /// <returns>How many there are.</returns>
    public int Next(Minibatch batch)
    {
        using OpenSpan span = TraceSpan.OfStage("sampling");
        if (_next == _order.Length)
        {
            _pass++;
            StartPass();
        }

        int count = Math.Min(_options.BatchSize, _order.Length - _next);
        for (int i = 0; i < count; i++)
        {
            Sample sample = _ordered[_next + i];
            (_users[i], _items[i], _markets[i], _labels[i]) = (sample.User, sample.Item, _epochSamples.MarketOf(sample.User), sample.Label);
        }

        batch.Set(_users.AsSpan(0, count), _items.AsSpan(0, count), _labels.AsSpan(0, count), _markets.AsSpan(0, count));
        _next += count;
        return count;
    }

    // The order is drawn by one thread; then the samples are put in it, so that a minibatch lies in one piece.
    private void StartPass()
    {
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        RandomSequence.Named(_seed, $"{_orderName}/{_pass}", _epoch).Shuffle<int>(_order);
        Parallel.For(0, (_order.Length + RunSamples - 1) / RunSamples, _together, Place);
        _next = 0;
    }

    private void Place(int run)
    {
        int first = run * RunSamples, count = Math.Min(RunSamples, _order.Length - first);
        ReadOnlySpan<Sample> samples = _epochSamples.Samples;
        ReadOnlySpan<int> order = _order.AsSpan(first, count);
        Span<Sample> ordered = _ordered.AsSpan(first, count);
        for (int i = 0; i < order.Length; i++)
            ordered[i] = samples[order[i]];
    }
}
