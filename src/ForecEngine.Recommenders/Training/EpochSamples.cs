// The samples of an epoch in the order of the markets' rows: each training row and, after a positive, its negatives. How many a
// row has does not depend on what is drawn, so every row's place is known beforehand, and runs of rows are drawn by any thread.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Recommenders.Training;

/// <summary>A (user, item, label) triple as rows of the tables, in eight bytes: an epoch of a large market has tens of millions.</summary>
internal readonly struct Sample(int user, int item, float label)
{
    private readonly int _item = label > 0 ? ~item : item; // a positive's as its complement

    /// <summary>The user's row.</summary>
    public int User { get; } = user;

    /// <summary>The item's row.</summary>
    public int Item => _item < 0 ? ~_item : _item;

    /// <summary>1 of a positive, else 0.</summary>
    public Real Label => _item < 0 ? 1 : 0;
}

/// <summary>The samples of markets taken as one.</summary>
internal sealed class EpochSamples
{
    private const int RunRows = 1 << 10;

    private readonly (PlacedMarket Placed, NegativeSampler Negatives)[] _parts;
    private readonly int _negatives;
    private readonly ParallelOptions _together;
    private readonly List<Run> _runs = [];
    private readonly Sample[] _samples;
    private readonly int[] _marketOfUser; // by row; none where there is one market

    /// <summary>Room for the samples.</summary>
    /// <param name="markets">The markets.</param>
    /// <param name="negatives">Negatives a positive.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="together">How many threads draw.</param>
    public EpochSamples(IReadOnlyList<PlacedMarket> markets, int negatives, ulong seed, ParallelOptions together)
    {
        _parts = [.. markets.Select(placed => (placed, new NegativeSampler(placed.Market, seed)))];
        _negatives = negatives;
        _together = together;
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

        _samples = new Sample[count];
        _marketOfUser = new int[_parts.Length == 1 ? 0 : markets.Max(placed => placed.UserRows.Max()) + 1];
        foreach ((PlacedMarket placed, _) in _marketOfUser.Length == 0 ? [] : _parts)
        {
            foreach (int row in placed.UserRows)
                _marketOfUser[row] = placed.Index;
        }
    }

    /// <summary>The samples of the epoch that was drawn last.</summary>
    public ReadOnlySpan<Sample> Samples => _samples;

    /// <summary>The market of a user's row.</summary>
    public int MarketOf(int user) => _marketOfUser.Length == 0 ? _parts[0].Placed.Index : _marketOfUser[user];

    /// <summary>Draws an epoch's.</summary>
    public void Draw(int epoch) => Parallel.ForEach(_runs, _together, run => Draw(epoch, run));

    private void Draw(int epoch, Run run)
    {
        ((Market market, int[] userRows, int[] itemRows, _), NegativeSampler sampler) = _parts[run.Part];
        ReadOnlySpan<int> users = market.TrainUsers, items = market.TrainItems;
        ReadOnlySpan<float> labels = market.TrainLabels;
        Span<int> drawn = new int[_negatives];
        Span<Sample> samples = _samples.AsSpan(run.FirstSample);
        for (int row = run.FirstRow; row < run.EndRow; row++)
        {
            int user = userRows[users[row]];
            samples[0] = new Sample(user, itemRows[items[row]], labels[row]);
            samples = samples[1..];
            if (labels[row] <= 0)
                continue;
            int count = sampler.Draw(epoch, row, drawn);
            for (int i = 0; i < count; i++)
                samples[i] = new Sample(user, itemRows[drawn[i]], 0);
            samples = samples[count..];
        }
    }

    private int NegativesOf(int part, int row) =>
        _parts[part].Placed.Market.TrainLabels[row] > 0 ? _parts[part].Negatives.Count(row, _negatives) : 0;

    /// <summary>Rows of a part, and the place of the first one's first sample.</summary>
    private readonly record struct Run(int Part, int FirstRow, int EndRow, int FirstSample);
}
