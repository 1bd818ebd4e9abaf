// The negatives of an epoch: Philox draws from the items that a user has no training row for. The draws of an epoch are checked before the
// timing.

using BenchmarkDotNet.Attributes;
using ForecEngine.Recommenders.Data;

namespace ForecEngine.Bench.Kernels;

/// <summary>Negative sampling, four per training row of ca.</summary>
public class NegativesBench
{
    private const int Negatives = 4;
    private readonly int[] _drawn = new int[Negatives];
    private Market? _market;
    private NegativeSampler? _sampler;

    /// <summary>Reads the market and checks one epoch's draws.</summary>
    [GlobalSetup]
    public void Check()
    {
        Market market = BenchMarkets.Load().Single(m => m.Name == "ca");
        NegativeSampler sampler = new(market, seed: 1);
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            int count = sampler.Draw(0, row, rows: 1, _drawn);
            ReadOnlySpan<int> seen = market.Trained(market.TrainUsers[row]);
            foreach (int item in _drawn)
            {
                if (seen.Contains(item) || (uint)item >= (uint)market.PoolSize || count != _drawn.Distinct().Count())
                    throw new InvalidOperationException(
                        $"row {row}'s negatives are not {Negatives} different unseen items; nothing is timed");
            }
        }

        (_market, _sampler) = (market, sampler);
    }

    /// <summary>An epoch's draws.</summary>
    [Benchmark]
    public int Epoch()
    {
        int drawn = 0;
        if (_market is not null && _sampler is not null)
        {
            for (int row = 0; row < _market.TrainUsers.Length; row++)
                drawn += _sampler.Draw(1, row, rows: 1, _drawn);
        }

        return drawn;
    }
}
