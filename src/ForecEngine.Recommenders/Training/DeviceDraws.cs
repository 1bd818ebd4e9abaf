// The training rows of a market in the memory of a device that draws an epoch's samples itself. They are written once; an epoch is one
// operation, and nothing is copied.

namespace ForecEngine.Recommenders.Training;

internal sealed class DeviceDraws
{
    private readonly IDevice _device;
    private readonly NegativeSampler _sampler;
    private readonly Slice<Sample> _samples;
    private readonly SampleDraws _draws;

    /// <summary>Writes a market's rows to the device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="placed">The market.</param>
    /// <param name="sampler">Draws the market's negatives.</param>
    /// <param name="starts">The index of each training row's sample, and last the number of samples.</param>
    /// <param name="samples">The memory of the market's samples.</param>
    public DeviceDraws(IDevice device, PlacedMarket placed, NegativeSampler sampler, ReadOnlySpan<int> starts, Slice<Sample> samples)
    {
        (_device, _sampler, _samples) = (device, sampler, samples);
        Market market = placed.Market;
        Sample[] rows = new Sample[market.TrainUsers.Length];
        for (int row = 0; row < rows.Length; row++)
            rows[row] = new Sample(
                placed.UserRows[market.TrainUsers[row]], placed.ItemRows[market.TrainItems[row]], market.TrainLabels[row] > 0);
        List<int> excluded = [], excludedStarts = [0];
        for (int user = 0; user < market.UsersWithRows; user++)
        {
            excluded.AddRange(sampler.Excluded(user));
            excludedStarts.Add(excluded.Count);
        }

        _draws = new SampleDraws(
            sampler.Draws(epoch: 0), Written<Sample>(rows), Written(starts), samples.Length, Written(market.TrainUsers),
            Written<int>([.. excludedStarts]), Written<int>([.. excluded]), Written<int>(placed.ItemRows.AsSpan(..market.PoolSize)));
    }

    /// <summary>Draws the samples of an epoch.</summary>
    public void Draw(int epoch) => _device.DrawSamples(_draws with { Draws = _sampler.Draws(epoch) }, _samples);

    private Slice<T> Written<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Slice<T> slice = _device.Allocate<T>(values.Length).Slice();
        slice.Write(values);
        return slice;
    }
}
