// The minibatches of one market, or of several markets as one, epoch by epoch. A pass goes over an epoch's samples (EpochSamples) once, in
// the order of a keyed permutation (KeyedOrder); its last minibatch may be shorter. Further passes in the same epoch use the same
// samples in another order.

namespace ForecEngine.Recommenders.Training;

/// <summary>Minibatches of (user, item, label) triples, which can be read in any order.</summary>
public sealed class SampleStream
{
    private readonly EpochSamples _samples;
    private readonly SampleSettings _settings;
    private readonly RandomSequence _orders;
    private readonly int _firstEpoch;
    private readonly int _markets;
    private readonly Minibatch[] _batches;
    private int _epoch;

    /// <summary>A stream over one or several markets.</summary>
    /// <param name="device">The device that holds the samples.</param>
    /// <param name="markets">The markets.</param>
    /// <param name="settings">The settings of sampling.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="phase">The phase, which selects the order of the samples.</param>
    /// <param name="firstEpoch">Selects the negatives: phases with the same number draw the same ones in their first epoch.</param>
    /// <param name="kept">The number of most recent minibatches that stay valid.</param>
    /// <exception cref="ArgumentException">The markets have no training row.</exception>
    /// <exception cref="OverflowException">An epoch has more samples than an array can hold.</exception>
    public SampleStream(
        IDevice device, IReadOnlyList<PlacedMarket> markets, SampleSettings settings, ulong seed, string phase, int firstEpoch,
        int kept = 1)
    {
        (_settings, _firstEpoch) = (settings, firstEpoch);
        string names = string.Join(',', markets.Select(m => m.Market.Name));
        _orders = RandomSequence.Named(seed, $"order/{phase}/{names}");
        long most = markets.Sum(m => (long)m.Market.TrainUsers.Length * (1 + settings.Negatives));
        if (most > Array.MaxLength)
            throw new OverflowException($"{phase}: an epoch would have {most} samples, above {Array.MaxLength}; use fewer negatives");
        if (most == 0)
            throw new ArgumentException($"{phase}: {names} has no training row", nameof(markets));
        _samples = new EpochSamples(device, markets, settings, seed);
        _markets = markets.Max(placed => placed.Index) + 1;
        _batches = [.. Enumerable.Range(0, kept).Select(_ => new Minibatch(device, settings.BatchSize))];
        foreach (Minibatch batch in _batches)
            batch.SetMarket(markets[0].Index);
    }

    /// <summary>The number of minibatches in a pass.</summary>
    public int Batches => (_samples.Storage.Length + _settings.BatchSize - 1) / _settings.BatchSize;

    /// <summary>Begins an epoch of several streams and draws their negatives.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="together">The number of threads that draw, which does not change the samples.</param>
    public static void Begin(IReadOnlyList<SampleStream> streams, int epoch, ParallelOptions together)
    {
        (EpochSamples Samples, int Run)[] runs = [.. streams.SelectMany(stream =>
            Enumerable.Range(0, stream._samples.Begin(stream.EpochOfNegatives(epoch))), (stream, run) => (stream._samples, run))];
        Parallel.ForEach(runs, together, run => run.Samples.Draw(run.Run));
        foreach (SampleStream stream in streams)
            stream._epoch = epoch;
    }

    /// <summary>Begins an epoch, from 0, of this stream.</summary>
    public void Begin(int epoch) => Begin([this], epoch, new ParallelOptions { MaxDegreeOfParallelism = 1 });

    /// <summary>The number of samples in a minibatch of the epoch.</summary>
    public int Count(int number) => Math.Min(_settings.BatchSize, _samples.Storage.Length - (number % Batches * _settings.BatchSize));

    /// <summary>A minibatch of the epoch.</summary>
    /// <param name="number">Its number, from 0; numbers from <see cref="Batches"/> on belong to further passes.</param>
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

    // Without redraws all epochs use the negatives of the first one, also if a phase resumes in a later epoch.
    private int EpochOfNegatives(int epoch) => _firstEpoch + (_settings.RedrawNegatives ? epoch : 0);
}
