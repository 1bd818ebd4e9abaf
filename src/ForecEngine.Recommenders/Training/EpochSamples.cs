// The samples of an epoch in the order of the markets' rows: each training row, and after a positive its negatives. The number of a
// row's negatives does not depend on the draws, so the place of every row is known beforehand, and rows can be drawn in any order: by
// the device, with one operation per market, or in runs by the host's threads if the device's memory is the host's. The host also draws by
// popularity and in groups, and then copies the samples to the device. In groups, every positive has the same number of negatives: if fewer
// items are left for a user, they are repeated, and rows that are not positive are left out. Without negatives, a group is a positive.

namespace ForecEngine.Recommenders.Training;

internal sealed class EpochSamples
{
    private const int RunRows = 1 << 10;
    private const int RowsAtOnce = 1 << 6;

    private readonly (PlacedMarket Placed, NegativeSampler Negatives)[] _parts;
    private readonly int _negatives;
    private readonly bool _inGroups;
    private readonly Sample[]? _staged; // samples that the host draws for a device with its own memory
    private readonly List<Run> _runs = [];
    private readonly List<DeviceDraws> _onDevice = [];
    private int _epoch = -1;

    /// <summary>Allocates memory for the samples.</summary>
    public EpochSamples(IDevice device, IReadOnlyList<PlacedMarket> markets, SampleSettings settings, ulong seed, bool inGroups = false)
    {
        bool byPopularity = settings.NegativeSampling == NegativeSampling.Popularity;
        _parts = [.. markets.Select(
            placed => (placed, new NegativeSampler(placed.Market, seed, settings.NegativesExclude, byPopularity)))];
        (_negatives, _inGroups) = (settings.Negatives, inGroups);
        int[][] starts = [.. Enumerable.Range(0, _parts.Length).Select(Starts)];
        Storage = device.Allocate<Sample>(starts.Sum(part => part[^1]));
        bool onHost = device.IsHost || inGroups || byPopularity;
        _staged = onHost && !device.IsHost ? new Sample[Storage.Length] : null;
        for (int part = 0, first = 0; part < _parts.Length; first += starts[part++][^1])
        {
            (PlacedMarket placed, NegativeSampler negatives) = _parts[part];
            if (onHost)
                AddRuns(part, starts[part], first);
            else
                _onDevice.Add(new DeviceDraws(device, placed, negatives, starts[part], Storage.Slice(first, starts[part][^1])));
        }

        UserBound = markets.Max(placed => placed.UserRows.Max()) + 1;
        ItemBound = markets.Max(placed => placed.ItemRows.Max()) + 1;
        if (_parts.Length == 1)
            return;
        int[] marketOfUser = new int[UserBound];
        foreach (PlacedMarket placed in markets)
        {
            foreach (int row in placed.UserRows.Where(row => row >= 0))
                marketOfUser[row] = placed.Index;
        }

        MarketOfUser = device.Allocate<int>(UserBound).Slice();
        MarketOfUser.Write(marketOfUser);
    }

    /// <summary>The samples of the epoch that was begun last.</summary>
    public Storage<Sample> Storage { get; }

    /// <summary>A number greater than every user's row.</summary>
    public int UserBound { get; }

    /// <summary>A number greater than every item's row.</summary>
    public int ItemBound { get; }

    /// <summary>The market of each user's row; empty for a single market.</summary>
    public Slice<int> MarketOfUser { get; }

    /// <summary>Begins an epoch. A device with its own memory draws the samples here.</summary>
    /// <returns>The number of runs that the host has to draw; 0 if the epoch has been drawn already.</returns>
    public int Begin(int epoch)
    {
        if (_epoch == epoch)
            return 0;
        _epoch = epoch;
        foreach (DeviceDraws draws in _onDevice)
            draws.Draw(epoch);
        return _runs.Count;
    }

    /// <summary>Draws a run of the epoch's samples. Different runs can be drawn in parallel.</summary>
    public void Draw(int number)
    {
        Run run = _runs[number];
        ((Market market, int[] userRows, int[] itemRows, _), NegativeSampler sampler) = _parts[run.Part];
        ReadOnlySpan<int> users = market.TrainUsers[..run.EndRow], items = market.TrainItems[..run.EndRow];
        ReadOnlySpan<float> labels = market.TrainLabels[..run.EndRow];
        Span<int> drawn = new int[RowsAtOnce * _negatives];
        Span<Sample> samples = (_staged ?? ((HostStorage<Sample>)Storage).Span)[run.FirstSample..];
        int next = 0;
        for (int first = run.FirstRow, end = first; first < users.Length; first = end)
        {
            while (end < users.Length && end - first < RowsAtOnce && users[end] == users[first])
                end++;
            int count = sampler.Draw(_epoch, first, end - first, drawn[..((end - first) * _negatives)]);
            int user = userRows[users[first]];
            int each = count == 0 || !_inGroups ? count : _negatives;
            for (int row = first; row < end; row++)
            {
                if (_inGroups && (count < Math.Min(1, _negatives) || labels[row] <= 0))
                    continue;
                samples[next++] = new Sample(user, itemRows[items[row]], labels[row] > 0);
                ReadOnlySpan<int> own = drawn.Slice((row - first) * count, labels[row] > 0 ? count : 0);
                for (int i = 0; i < each && !own.IsEmpty; i++)
                    samples[next++] = new Sample(user, itemRows[own[i % count]], isPositive: false);
            }
        }
    }

    /// <summary>Copies what the host drew to a device with its own memory.</summary>
    public void Finish()
    {
        if (_staged is not null)
            Storage.Slice().Write(_staged);
    }

    private void AddRuns(int part, int[] starts, int firstSample)
    {
        int rows = starts.Length - 1;
        for (int row = 0; row < rows; row += RunRows)
            _runs.Add(new Run(part, row, Math.Min(rows, row + RunRows), firstSample + starts[row]));
    }

    // The index of each row's sample among those of its market, and last their number.
    private int[] Starts(int part)
    {
        (PlacedMarket placed, NegativeSampler negatives) = _parts[part];
        ReadOnlySpan<float> labels = placed.Market.TrainLabels;
        int[] starts = new int[labels.Length + 1];
        for (int row = 0; row < labels.Length; row++)
        {
            int count = labels[row] > 0 ? negatives.Count(row, _negatives) : 0;
            bool isGroup = labels[row] > 0 && count >= Math.Min(1, _negatives);
            starts[row + 1] = starts[row] + (!_inGroups ? 1 + count : isGroup ? 1 + _negatives : 0);
        }

        return starts;
    }

    /// <summary>Consecutive rows of a market, and the index of their first sample.</summary>
    private readonly record struct Run(int Part, int FirstRow, int EndRow, int FirstSample);
}
