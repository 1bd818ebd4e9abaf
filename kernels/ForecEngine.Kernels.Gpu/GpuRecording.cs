// Records the launches and copies of a device. The driver's own clock measures each launch between two markers. On OpenCL, a marker waits
// until the device has finished, so recording slows a training down.

using System.Diagnostics;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>A launch, or a copy over the bus.</summary>
/// <param name="Name">The kernel; empty for a copy over the bus.</param>
/// <param name="At">When the host called it, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="Seconds">The time on the device; 0 for a copy over the bus, which is not measured.</param>
/// <param name="Traffic">A launch, or the bytes.</param>
public readonly record struct GpuEvent(string Name, long At, double Seconds, GpuTraffic Traffic);

/// <summary>Records the launches and copies of a device until it is disposed of.</summary>
public sealed class GpuRecording : IDisposable
{
    private const int MostPending = 512; // markers are handles of the driver

    private readonly GpuQueue _queue;
    private readonly List<GpuEvent> _events = [];
    private readonly List<(int Event, ProfilingMarker Start, ProfilingMarker End)> _pending = [];

    internal GpuRecording(GpuQueue queue)
    {
        if (queue.Recording is not null)
            throw new InvalidOperationException("this device already has a recording; dispose of it first");
        _queue = queue;
        queue.Recording = this;
    }

    /// <summary>The launches and copies, in the order of the calls.</summary>
    public IReadOnlyList<GpuEvent> Events
    {
        get
        {
            Measure();
            return _events;
        }
    }

    /// <summary>Ends the recording.</summary>
    public void Dispose()
    {
        if (_queue.Recording != this)
            return;
        _queue.Recording = null;
        if (!_queue.Faults.IsBroken)
            Measure();
    }

    internal void AddLaunch(string name, ProfilingMarker start, ProfilingMarker end)
    {
        _pending.Add((_events.Count, start, end));
        _events.Add(new GpuEvent(name, Stopwatch.GetTimestamp(), 0, new GpuTraffic(1, 0, 0)));
        if (_pending.Count >= MostPending)
            Measure();
    }

    internal void AddCopy(GpuTraffic bytes) => _events.Add(new GpuEvent("", Stopwatch.GetTimestamp(), 0, bytes));

    private void Measure()
    {
        foreach ((int place, ProfilingMarker start, ProfilingMarker end) in _pending)
        {
            _events[place] = _events[place] with { Seconds = (end - start).TotalSeconds };
            start.Dispose();
            end.Dispose();
        }

        _pending.Clear();
    }
}
