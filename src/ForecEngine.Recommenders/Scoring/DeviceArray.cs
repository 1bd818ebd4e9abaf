// Memory of a device that is reused from call to call and grows when a call needs more.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A block of a device's memory that grows; what it held is then lost.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
/// <param name="device">The device.</param>
internal sealed class DeviceArray<T>(IDevice device)
    where T : unmanaged
{
    private Storage<T>? _storage;

    /// <summary>Its first elements.</summary>
    public Slice<T> Part(int length)
    {
        if (_storage is null || _storage.Length < length)
        {
            _storage?.Free();
            _storage = device.Allocate<T>(length);
        }

        return _storage.Slice(0, length);
    }
}
