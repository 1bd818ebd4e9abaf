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
    private const int ChunkRows = 1 << 12;

    private readonly Part[] _parts;
    private readonly TrainingOptions _options;
    private readonly ulong _seed;
    private readonly string _order;
    private readonly int _firstEpoch;
    private readonly Sample[] _samples;
    private readonly Sample[] _ordered;
    private readonly int[] _batchUsers;
    private readonly int[] _batchItems;
    private readonly int[] _batchMarkets;
    private readonly Real[] _batchLabels;
    private readonly int[] _marketOfUser;
    private readonly int _count;
    private bool _drawn;
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
        _parts = [.. markets.Select(placed => new Part(placed, new NegativeSampler(placed.Market, seed), options.Negatives))];
        _order = $"order/{phase}/{string.Join(',', markets.Select(m => m.Market.Name))}";
        long samples = _parts.Sum(part => part.Samples);
        if (samples > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch of {samples} samples; fewer negatives a positive are needed for {Array.MaxLength} at the most");
        _count = (int)samples;
        (_samples, _ordered) = (new Sample[_count], new Sample[_count]);
        _marketOfUser = _parts.Length > 1 ? MarketOfUser(markets) : [];
        (_batchUsers, _batchItems, _batchMarkets, _batchLabels) = (new int[options.BatchSize], new int[options.BatchSize], new int[options.BatchSize], new Real[options.BatchSize]);
    }

    /// <summary>How many minibatches a pass has.</summary>
    public int Batches => (_count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>Begins an epoch, from 0: draws its negatives and the order of its first pass.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="threads">How many threads may draw at once; no draw depends on it.</param>
    public void Begin(int epoch, int threads = 1)
    {
        _epoch = epoch;
        _pass = 0;
        if (_options.RedrawNegatives || !_drawn)
            DrawSamples(_firstEpoch + (_options.RedrawNegatives ? epoch : 0), threads); // drawn once also where a phase goes on from a checkpoint's epoch
        _drawn = true;
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
            (_batchUsers[i], _batchItems[i], _batchLabels[i]) = _ordered[_next + i];
        if (_parts.Length == 1)
            _batchMarkets.AsSpan(0, count).Fill(_parts[0].Placed.Index);
        else
        {
            for (int i = 0; i < count; i++)
                _batchMarkets[i] = _marketOfUser[_batchUsers[i]];
        }

        _next += count;
        batch.Set(_batchUsers.AsSpan(0, count), _batchItems.AsSpan(0, count), _batchLabels.AsSpan(0, count), _batchMarkets.AsSpan(0, count));
        return count;
    }

    // Each row's samples have their place before they are drawn, so that any thread may draw them.
    private void DrawSamples(int epoch, int threads)
    {
        int first = 0;
        foreach (Part part in _parts)
        {
            int start = first, count = (int)part.Samples;
            Parallel.For(0, part.Chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk => part.Draw(epoch, chunk, _samples.AsSpan(start, count)));
            first += count;
        }
    }

    private static int[] MarketOfUser(IReadOnlyList<PlacedMarket> markets)
    {
        int[] marketOf = new int[markets.Max(placed => placed.UserRows.Max()) + 1];
        foreach (PlacedMarket placed in markets)
        {
            foreach (int row in placed.UserRows)
                marketOf[row] = placed.Index;
        }

        return marketOf;
    }

    private void StartPass()
    {
        // The samples themselves change places, so that a minibatch lies in one piece.
        Span<Sample> ordered = _ordered.AsSpan(0, _count);
        _samples.AsSpan(0, _count).CopyTo(ordered);
        RandomSequence.Named(_seed, $"{_order}/{_pass}", _epoch).Shuffle(ordered);
        _next = 0;
    }

    /// <summary>A market's share of the samples, cut into chunks of its rows.</summary>
    private sealed class Part
    {
        private readonly NegativeSampler _sampler;
        private readonly int _negatives;
        private readonly long[] _starts; // of each chunk's samples, and one more: where the last ends

        public Part(PlacedMarket placed, NegativeSampler sampler, int negatives)
        {
            (Placed, _sampler, _negatives) = (placed, sampler, negatives);
            ReadOnlySpan<float> labels = placed.Market.TrainLabels;
            _starts = new long[((labels.Length + ChunkRows - 1) / ChunkRows) + 1];
            long samples = 0;
            for (int row = 0; row < labels.Length; row++)
            {
                if (row % ChunkRows == 0)
                    _starts[row / ChunkRows] = samples;
                samples += labels[row] > 0 ? 1 + sampler.Count(row, negatives) : 1;
            }

            _starts[^1] = samples;
        }

        public PlacedMarket Placed { get; }

        public int Chunks => _starts.Length - 1;

        public long Samples => _starts[^1];

        /// <summary>Overwrites a chunk's samples among all of the part's.</summary>
        public void Draw(int epoch, int chunk, Span<Sample> samples)
        {
            (Market market, int[] userRows, int[] itemRows, _) = Placed;
            ReadOnlySpan<int> users = market.TrainUsers, items = market.TrainItems;
            ReadOnlySpan<float> labels = market.TrainLabels;
            int[] negatives = new int[_negatives];
            int place = (int)_starts[chunk], end = Math.Min(users.Length, (chunk + 1) * ChunkRows);
            for (int row = chunk * ChunkRows; row < end; row++)
            {
                int user = userRows[users[row]];
                samples[place++] = new Sample(user, itemRows[items[row]], labels[row]);
                if (labels[row] <= 0)
                    continue;
                int drawn = _sampler.Draw(epoch, row, negatives);
                foreach (int item in negatives.AsSpan(0, drawn))
                    samples[place++] = new Sample(user, itemRows[item], 0);
            }
        }
    }

    // Eight bytes, as an epoch of a large market has tens of millions: the item of a positive stands as its complement.
    private readonly struct Sample(int user, int item, float label)
    {
        private readonly int _user = user;
        private readonly int _item = label > 0 ? ~item : item;

        public void Deconstruct(out int user, out int item, out Real label) => (user, item, label) = (_user, _item < 0 ? ~_item : _item, _item < 0 ? 1 : 0);
    }
}
