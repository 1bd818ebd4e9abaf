// The columns of the minibatches that streams give next. Those of all streams are in one storage each, so that a device that runs a round
// of meta-learning in one launch finds all markets' samples by offsets.

namespace ForecEngine.Recommenders.Training;

/// <summary>Memory for a range of each stream's samples.</summary>
/// <param name="device">The device that holds it.</param>
/// <param name="streams">The number of streams.</param>
/// <param name="samples">The most samples of a stream.</param>
/// <param name="keys">The most sort keys of a stream; 0 if the device does not use sorted rows.</param>
internal sealed class SampleWindow(IDevice device, int streams, int samples, int keys)
{
    private readonly Storage<int> _users = device.Allocate<int>(checked(streams * samples));
    private readonly Storage<int> _items = device.Allocate<int>(checked(streams * samples));
    private readonly Storage<int> _markets = device.Allocate<int>(checked(streams * samples));
    private readonly Storage<Real> _labels = device.Allocate<Real>(checked(streams * samples));
    private readonly Storage<long> _userKeys = device.Allocate<long>(checked(streams * keys));
    private readonly Storage<long> _itemKeys = device.Allocate<long>(checked(streams * keys));

    /// <summary>The most samples of a stream.</summary>
    public int Samples => samples;

    /// <summary>The most sort keys of a stream.</summary>
    public int Keys => keys;

    /// <summary>The users' rows of a stream.</summary>
    public Slice<int> Users(int stream) => _users.Slice(stream * samples, samples);

    /// <summary>The items' rows of a stream.</summary>
    public Slice<int> Items(int stream) => _items.Slice(stream * samples, samples);

    /// <summary>The markets of a stream's samples.</summary>
    public Slice<int> Markets(int stream) => _markets.Slice(stream * samples, samples);

    /// <summary>The labels of a stream.</summary>
    public Slice<Real> Labels(int stream) => _labels.Slice(stream * samples, samples);

    /// <summary>The sorted positions of a stream's users.</summary>
    public Slice<long> UserKeys(int stream) => _userKeys.Slice(stream * keys, keys);

    /// <summary>The sorted positions of a stream's items.</summary>
    public Slice<long> ItemKeys(int stream) => _itemKeys.Slice(stream * keys, keys);

    /// <summary>Frees the memory.</summary>
    public void Free()
    {
        _users.Free();
        _items.Free();
        _markets.Free();
        _labels.Free();
        _userKeys.Free();
        _itemKeys.Free();
    }
}
