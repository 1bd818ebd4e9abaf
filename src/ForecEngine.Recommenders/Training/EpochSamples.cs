// The samples of an epoch in the order of the markets' rows: each training row, and after a positive its negatives. The number of a
// row's negatives does not depend on the draws, so the place of every row is known beforehand, and threads can draw runs of rows in
// any order.

namespace ForecEngine.Recommenders.Training;

internal sealed class EpochSamples
{
    private const int RunRows = 1 << 10;
    private const int RowsAtOnce = 1 << 6;

    private readonly (PlacedMarket Placed, NegativeSampler Negatives)[] _parts;
    private readonly int _negatives;
    private readonly List<Run> _runs = [];
    private readonly HostStorage<Sample> _drawn;
    private int _epoch = -1;

    /// <summary>Allocates memory for the samples.</summary>
    public EpochSamples(IDevice device, IReadOnlyList<PlacedMarket> markets, SampleSettings settings, ulong seed)
    {
        _parts = [.. markets.Select(placed => (placed, new NegativeSampler(placed.Market, seed, settings.NegativesExclude)))];
        _negatives = settings.Negatives;
        int count = 0;
        for (int part = 0; part < _parts.Length; part++)
        {
            int rows = _parts[part].Placed.Market.TrainUsers.Length;
            for (int row = 0; row < rows; row++)
            {
                if (row % RunRows == 0)
                    _runs.Add(new Run(part, row, Math.Min(rows, row + RunRows), count));
                count += 1 + NegativesOf(part, row);
            }
        }

        Storage = device.Allocate<Sample>(count);
        _drawn = Storage as HostStorage<Sample> ?? new HostStorage<Sample>(count);
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

    /// <summary>The samples, on the device once <see cref="End"/> has been called.</summary>
    public Storage<Sample> Storage { get; }

    /// <summary>A number greater than every user's row.</summary>
    public int UserBound { get; }

    /// <summary>A number greater than every item's row.</summary>
    public int ItemBound { get; }

    /// <summary>The market of each user's row; empty for a single market.</summary>
    public Slice<int> MarketOfUser { get; }

    /// <summary>Begins an epoch.</summary>
    /// <returns>The number of runs to draw; 0 if the epoch has been drawn already.</returns>
    public int Begin(int epoch)
    {
        int undrawn = _epoch == epoch ? 0 : _runs.Count;
        _epoch = epoch;
        return undrawn;
    }

    /// <summary>Copies the samples to the device, unless its memory is the host's.</summary>
    public void End()
    {
        if (_drawn != Storage)
            Storage.Write(0, _drawn.Span);
    }

    /// <summary>Draws a run of the epoch's samples. Different runs can be drawn in parallel.</summary>
    public void Draw(int number)
    {
        Run run = _runs[number];
        ((Market market, int[] userRows, int[] itemRows, _), NegativeSampler sampler) = _parts[run.Part];
        ReadOnlySpan<int> users = market.TrainUsers[..run.EndRow], items = market.TrainItems[..run.EndRow];
        ReadOnlySpan<float> labels = market.TrainLabels[..run.EndRow];
        Span<int> drawn = new int[RowsAtOnce * _negatives];
        Span<Sample> samples = _drawn.Span[run.FirstSample..];
        int next = 0;
        for (int first = run.FirstRow, end = first; first < users.Length; first = end)
        {
            while (end < users.Length && end - first < RowsAtOnce && users[end] == users[first])
                end++;
            int count = sampler.Draw(_epoch, first, end - first, drawn[..((end - first) * _negatives)]);
            int user = userRows[users[first]];
            for (int row = first; row < end; row++)
            {
                samples[next++] = new Sample(user, itemRows[items[row]], labels[row] > 0);
                foreach (int negative in drawn.Slice((row - first) * count, labels[row] > 0 ? count : 0))
                    samples[next++] = new Sample(user, itemRows[negative], isPositive: false);
            }
        }
    }

    private int NegativesOf(int part, int row) =>
        _parts[part].Placed.Market.TrainLabels[row] > 0 ? _parts[part].Negatives.Count(row, _negatives) : 0;

    /// <summary>Consecutive rows of a market, and the index of their first sample.</summary>
    private readonly record struct Run(int Part, int FirstRow, int EndRow, int FirstSample);
}
