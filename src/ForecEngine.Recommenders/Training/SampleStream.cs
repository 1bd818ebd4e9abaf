// The minibatches of a market - or of several as one - epoch by epoch. An epoch's samples are each training row and,
// after a positive, its negatives; a pass over them is a random order of their own cut into minibatches, the last one
// shorter. A stream that is asked for more starts another pass, in another order, over the same epoch's samples.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Minibatches of (user, item, label) triples.</summary>
internal sealed class SampleStream
{
    private readonly IReadOnlyList<(PlacedMarket Placed, NegativeSampler Negatives)> _parts;
    private readonly TrainingOptions _options;
    private readonly ulong _seed;
    private readonly string _order;
    private readonly int _firstEpoch;
    private readonly int[] _negatives;
    private readonly Sample[] _samples;
    private readonly Sample[] _ordered;
    private readonly int[] _batchUsers;
    private readonly int[] _batchItems;
    private readonly int[] _batchMarkets;
    private readonly Real[] _batchLabels;
    private int _count;
    private int _next;
    private int _epoch;
    private int _pass;

    /// <summary>A stream over markets taken as one.</summary>
    /// <param name="markets">The markets.</param>
    /// <param name="options">The numbers of training.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="phase">The phase, which gives the order of the samples its own draws.</param>
    /// <param name="firstEpoch">How many epochs the phases before it had, so that no two draw the same negatives; or one number for phases that share them.</param>
    public SampleStream(IReadOnlyList<PlacedMarket> markets, TrainingOptions options, ulong seed, string phase, int firstEpoch)
    {
        _seed = seed;
        _firstEpoch = firstEpoch;
        _options = options;
        _parts = [.. markets.Select(placed => (placed, new NegativeSampler(placed.Market, seed)))];
        _order = $"order/{phase}/{string.Join(',', markets.Select(m => m.Market.Name))}";
        long samples = markets.Sum(m => (long)m.Market.TrainUsers.Length * (1 + options.Negatives));
        if (samples > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch of {samples} samples; fewer negatives a positive are needed for {Array.MaxLength} at the most");
        int most = (int)samples;
        _negatives = new int[options.Negatives];
        (_samples, _ordered) = (new Sample[most], new Sample[most]);
        (_batchUsers, _batchItems, _batchMarkets, _batchLabels) = (new int[options.BatchSize], new int[options.BatchSize], new int[options.BatchSize], new Real[options.BatchSize]);
    }

    /// <summary>How many minibatches a pass has.</summary>
    public int Batches => (_count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>Begins an epoch, from 0: draws its negatives and the order of its first pass.</summary>
    public void Begin(int epoch)
    {
        _epoch = epoch;
        _pass = 0;
        if (_options.RedrawNegatives)
            DrawSamples(_firstEpoch + epoch);
        else if (_count == 0)
            DrawSamples(_firstEpoch); // also where a phase goes on from a checkpoint's epoch
        StartPass();
    }

    /// <summary>Overwrites <paramref name="batch"/> with the next samples.</summary>
    /// <returns>How many there are.</returns>
    public int Next(Minibatch batch)
    {
        using OpenSpan span = TraceSpan.OfStage("sampling");
        if (_next == _count)
        {
            _pass++;
            StartPass();
        }

        int count = Math.Min(_options.BatchSize, _count - _next);
        for (int i = 0; i < count; i++)
            (_batchUsers[i], _batchItems[i], _batchMarkets[i], _batchLabels[i]) = _ordered[_next + i];

        _next += count;
        batch.Set(_batchUsers.AsSpan(0, count), _batchItems.AsSpan(0, count), _batchLabels.AsSpan(0, count), _batchMarkets.AsSpan(0, count));
        return count;
    }

    private void DrawSamples(int epoch)
    {
        int count = 0;
        foreach (((Market market, int[] userRows, int[] itemRows, int index), NegativeSampler sampler) in _parts)
        {
            ReadOnlySpan<int> users = market.TrainUsers, items = market.TrainItems;
            ReadOnlySpan<float> labels = market.TrainLabels;
            for (int row = 0; row < users.Length; row++)
            {
                Add(userRows[users[row]], itemRows[items[row]], index, labels[row]);
                if (labels[row] <= 0)
                    continue;
                int drawn = sampler.Draw(epoch, row, _negatives);
                foreach (int item in _negatives.AsSpan(0, drawn))
                    Add(userRows[users[row]], itemRows[item], index, 0);
            }
        }

        _count = count;

        void Add(int user, int item, int market, Real label) => _samples[count++] = new Sample(user, item, market, label);
    }

    private void StartPass()
    {
        // The samples themselves change places, so that a minibatch lies in one piece.
        Span<Sample> ordered = _ordered.AsSpan(0, _count);
        _samples.AsSpan(0, _count).CopyTo(ordered);
        RandomSequence.Named(_seed, $"{_order}/{_pass}", _epoch).Shuffle(ordered);
        _next = 0;
    }

    private readonly record struct Sample(int User, int Item, int Market, Real Label);
}
