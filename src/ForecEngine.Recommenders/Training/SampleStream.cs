// The minibatches of a market - or of several as one - epoch by epoch. A pass over an epoch's samples (EpochSamples) is a random
// order of their own cut into minibatches, the last one shorter. A stream that is asked for more starts another pass, in another
// order, over the same epoch's samples.

using System.Numerics.Tensors;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Minibatches of (user, item, label) triples.</summary>
internal sealed class SampleStream
{
    private const int MostPassesAhead = 2;

    private readonly EpochSamples _epochSamples;
    private readonly SampleSettings _settings;
    private readonly ulong _seed;
    private readonly string _orderName;
    private readonly int _firstEpoch;
    private readonly int[] _users;
    private readonly int[] _items;
    private readonly int[] _markets;
    private readonly int[] _positives;
    private readonly Real[] _labels;
    private HostStorage<Sample>[] _passes = []; // the epoch's first passes, in order; a further one overwrites the last
    private int _next;
    private int _epoch;
    private int _pass;

    /// <summary>A stream over markets taken as one.</summary>
    /// <param name="markets">The markets.</param>
    /// <param name="settings">How minibatches are drawn.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="phase">The phase, which gives the order of the samples its own draws.</param>
    /// <param name="firstEpoch">How many epochs the phases before it had, so that no two draw the same negatives; or one number for phases that share them.</param>
    /// <exception cref="ArgumentException">The markets have no row to train on.</exception>
    /// <exception cref="OverflowException">An epoch has more samples than an array can hold.</exception>
    public SampleStream(IReadOnlyList<PlacedMarket> markets, SampleSettings settings, ulong seed, string phase, int firstEpoch)
    {
        _seed = seed;
        _firstEpoch = firstEpoch;
        _settings = settings;
        _orderName = $"order/{phase}/{string.Join(',', markets.Select(m => m.Market.Name))}";
        long most = markets.Sum(m => (long)m.Market.TrainUsers.Length * (1 + settings.Negatives));
        if (most > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch of {most} samples; fewer negatives a positive are needed for {Array.MaxLength} at the most");
        if (most == 0)
            throw new ArgumentException($"{phase}: {string.Join(", ", markets.Select(m => m.Market.Name))} has no row to train on", nameof(markets));
        _epochSamples = new EpochSamples(markets, settings, seed);
        (_users, _items, _markets) = (new int[settings.BatchSize], new int[settings.BatchSize], new int[settings.BatchSize]);
        (_positives, _labels) = (new int[settings.BatchSize], new Real[settings.BatchSize]);
    }

    /// <summary>How many minibatches a pass has.</summary>
    public int Batches => (_epochSamples.Place.Length + _settings.BatchSize - 1) / _settings.BatchSize;

    /// <summary>
    /// Begins an epoch, from 0, of streams that are read in turn until the longest has been seen: draws their negatives and the order
    /// of their first pass, and of the second where there will be one. A third is put in order when it is come to: the more passes
    /// a stream makes the shorter they are, and all of them at once would fill the memory.
    /// </summary>
    /// <param name="streams">The streams.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="together">How many threads may draw; that cannot be seen in what is drawn.</param>
    public static void Begin(IReadOnlyList<SampleStream> streams, int epoch, ParallelOptions together)
    {
        int longest = streams.Max(stream => stream.Batches);
        foreach (SampleStream stream in streams)
            stream.Rewind(epoch, Math.Min(MostPassesAhead, (longest + stream.Batches - 1) / stream.Batches));
        ForEach(streams, stream => stream._epochSamples.Begin(stream.EpochOfNegatives), (stream, run) => stream._epochSamples.Draw(run), together);
        ForEach(streams.OrderByDescending(stream => stream.Batches), stream => stream._passes.Length, (stream, pass) => stream.PutInOrder(pass), together);
    }

    /// <summary>Begins an epoch, from 0, of this stream alone.</summary>
    public void Begin(int epoch) => Begin([this], epoch, new ParallelOptions { MaxDegreeOfParallelism = 1 });

    /// <summary>Overwrites <paramref name="batch"/> with the next samples.</summary>
    /// <returns>How many there are.</returns>
    public int Next(Minibatch batch)
    {
        using OpenSpan span = TraceSpan.OfStage("sampling");
        StartPass();
        ReadOnlySpan<Sample> pass = PlaceOf(_pass).Span;
        int count = Math.Min(_settings.BatchSize, pass.Length - _next);
        Span<int> users = _users.AsSpan(0, count), items = _items.AsSpan(0, count), markets = _markets.AsSpan(0, count);
        Span<Real> labels = _labels.AsSpan(0, count);
        Sample.Unpack(pass.Slice(_next, count), users, items, _positives);
        TensorPrimitives.ConvertTruncating<int, Real>(_positives.AsSpan(0, count), labels);
        _epochSamples.MarketsOf(users, markets);
        batch.Set(users, items, labels, markets);
        _next += count;
        return count;
    }

    /// <summary>Skips minibatches that were trained on before; the next minibatch is the same as if they had been taken.</summary>
    public void Skip(int minibatches)
    {
        for (int i = 0; i < minibatches; i++)
        {
            StartPass();
            _next += Math.Min(_settings.BatchSize, _epochSamples.Place.Length - _next);
        }
    }

    private void StartPass()
    {
        if (_next < _epochSamples.Place.Length)
            return;
        (_pass, _next) = (_pass + 1, 0);
        if (_pass >= _passes.Length)
            PutInOrder(_pass);
    }

    private static void ForEach(IEnumerable<SampleStream> streams, Func<SampleStream, int> count, Action<SampleStream, int> body, ParallelOptions together)
    {
        (SampleStream Stream, int Number)[] pieces =
            [.. streams.SelectMany(stream => Enumerable.Range(0, count(stream)), (stream, number) => (stream, number))];
        Parallel.ForEach(pieces, together, piece => body(piece.Stream, piece.Number));
    }

    // Drawn once, they are the first epoch's: also where a phase goes on from a checkpoint's epoch.
    private int EpochOfNegatives => _firstEpoch + (_settings.RedrawNegatives ? _epoch : 0);

    // A stream that makes one pass over samples of this epoch alone puts them in order where they are drawn: a second place for all of a
    // large market's takes long to be given, and longer to be gone through.
    private void Rewind(int epoch, int passes)
    {
        (_epoch, _pass, _next) = (epoch, 0, 0);
        if (passes == 1 && _settings.RedrawNegatives)
            _passes = [_epochSamples.Place];
        else if (_passes.Length != passes || _passes[0] == _epochSamples.Place)
            _passes = [.. Enumerable.Range(0, passes).Select(_ => new HostStorage<Sample>(_epochSamples.Place.Length))];
    }

    private HostStorage<Sample> PlaceOf(int pass) => _passes[Math.Min(pass, _passes.Length - 1)];

    // One after another, by one thread: where a sample goes depends on where those before it went.
    private void PutInOrder(int pass)
    {
        // None, unless the pass before was put in order in their place.
        int undrawn = _epochSamples.Begin(EpochOfNegatives);
        for (int run = 0; run < undrawn; run++)
            _epochSamples.Draw(run);

        HostStorage<Sample> place = PlaceOf(pass);
        if (place == _epochSamples.Place)
            _epochSamples.Forget();
        else
            _epochSamples.Place.Span.CopyTo(place.Span);
        RandomSequence.Named(_seed, $"{_orderName}/{pass}", _epoch).Shuffle(place.Span);
    }
}
