// The minibatches of a market - or of several as one - epoch by epoch. A pass goes over an epoch's samples (EpochSamples) once, in an order
// that is a function of the place (KeyedOrder), cut into minibatches, the last one shorter. After a pass comes another one, in another
// order, over the same samples.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>Minibatches of (user, item, label) triples, by number: any of them can be taken alone.</summary>
public sealed class SampleStream
{
    private readonly EpochSamples _samples;
    private readonly SampleSettings _settings;
    private readonly RandomSequence _orders;
    private readonly int _firstEpoch;
    private readonly int _markets;
    private readonly Minibatch[] _batches;
    private int _epoch;

    /// <summary>A stream over markets taken as one.</summary>
    /// <param name="device">Where the samples are to be.</param>
    /// <param name="markets">The markets.</param>
    /// <param name="settings">How samples are drawn.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="phase">The phase, which gives the order of the samples its own draws.</param>
    /// <param name="firstEpoch">How many epochs the phases before it had, so that no two draw the same negatives; or one number for phases that share them.</param>
    /// <param name="kept">How many of the last minibatches that were taken stay valid.</param>
    /// <exception cref="ArgumentException">The markets have no row to train on.</exception>
    /// <exception cref="OverflowException">An epoch has more samples than an array can hold.</exception>
    public SampleStream(
        IDevice device, IReadOnlyList<PlacedMarket> markets, SampleSettings settings, ulong seed, string phase, int firstEpoch, int kept = 1)
    {
        (_settings, _firstEpoch) = (settings, firstEpoch);
        string names = string.Join(',', markets.Select(m => m.Market.Name));
        _orders = RandomSequence.Named(seed, $"order/{phase}/{names}");
        long most = markets.Sum(m => (long)m.Market.TrainUsers.Length * (1 + settings.Negatives));
        if (most > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch of {most} samples; fewer negatives a positive are needed for {Array.MaxLength} at the most");
        if (most == 0)
            throw new ArgumentException($"{phase}: {names} has no row to train on", nameof(markets));
        _samples = new EpochSamples(device, markets, settings, seed);
        _markets = markets.Max(placed => placed.Index) + 1;
        _batches = [.. Enumerable.Range(0, kept).Select(_ => new Minibatch(device, settings.BatchSize))];
        foreach (Minibatch batch in _batches)
            batch.SetMarket(markets[0].Index);
    }

    /// <summary>How many minibatches a pass has.</summary>
    public int Batches => (_samples.Storage.Length + _settings.BatchSize - 1) / _settings.BatchSize;

    /// <summary>Begins an epoch, from 0, of some streams: draws their negatives.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="together">How many threads may draw; that cannot be seen in what is drawn.</param>
    public static void Begin(IReadOnlyList<SampleStream> streams, int epoch, ParallelOptions together)
    {
        (EpochSamples Samples, int Run)[] runs = [.. streams.SelectMany(stream =>
            Enumerable.Range(0, stream._samples.Begin(stream.EpochOfNegatives(epoch))), (stream, run) => (stream._samples, run))];
        Parallel.ForEach(runs, together, run => run.Samples.Draw(run.Run));
        foreach (SampleStream stream in streams)
        {
            stream._epoch = epoch;
            stream._samples.End();
        }
    }

    /// <summary>Begins an epoch, from 0, of this stream alone.</summary>
    public void Begin(int epoch) => Begin([this], epoch, new ParallelOptions { MaxDegreeOfParallelism = 1 });

    /// <summary>How many samples a minibatch of the epoch has.</summary>
    public int Count(int number) => Math.Min(_settings.BatchSize, _samples.Storage.Length - (number % Batches * _settings.BatchSize));

    /// <summary>A minibatch of the epoch.</summary>
    /// <param name="number">Its number, from 0; from <see cref="Batches"/> on, those of further passes.</param>
    public Minibatch BatchAt(int number)
    {
        using OpenSpan span = TraceSpan.OfStage("sampling");
        int length = _samples.Storage.Length;
        KeyedOrder order = new(_orders.At(_epoch), (ulong)(number / Batches), length);
        Minibatch batch = _batches[number % _batches.Length];
        SampleRange range = new(_samples.Storage.Slice(), order, number % Batches * _settings.BatchSize, Count(number));
        batch.Fill(range, _samples.UserBound, _samples.ItemBound, _samples.MarketOfUser, _markets);
        return batch;
    }

    // Drawn once, they are the first epoch's: also where a phase goes on from a checkpoint's epoch.
    private int EpochOfNegatives(int epoch) => _firstEpoch + (_settings.RedrawNegatives ? epoch : 0);
}
