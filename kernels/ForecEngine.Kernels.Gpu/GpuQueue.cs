// Everything that goes to the accelerator passes here: it is counted, timed while a recording is open, and its errors are of one type.

using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU.Runtime;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The launches and copies of an accelerator.</summary>
/// <param name="accelerator">The accelerator.</param>
/// <param name="info">Its name.</param>
internal sealed class GpuQueue(Accelerator accelerator, AcceleratorInfo info)
{
    private const long Touched = 256;

    private static readonly GpuTraffic s_launch = new(1, 0, 0);


    /// <summary>The errors so far.</summary>
    public GpuFaults Faults { get; } = new(info);

    /// <summary>The counts so far.</summary>
    public GpuTraffic Traffic { get; private set; }

    /// <summary>Receives every launch and copy; null for none.</summary>
    public GpuRecording? Recording { get; set; }

    /// <summary>A kernel's name: its class, method and operation, such as <c>Elementwise.Unary&lt;Relu&gt;</c>.</summary>
    public static string NameOf(MethodInfo kernel)
    {
        string type = kernel.DeclaringType is { } declaring ? declaring.Name : "";
        string prefix = type.EndsWith("Kernels", StringComparison.Ordinal) ? type[..^"Kernels".Length] + "." : "";
        string operation = kernel.IsGenericMethod ? $"<{string.Join(", ", kernel.GetGenericArguments().Select(a => a.Name))}>" : "";
        return $"{prefix}{kernel.Name}{operation}";
    }

    /// <summary>Begins a launch.</summary>
    /// <returns>The marker before it, if launches are timed.</returns>
    public ProfilingMarker? Begin()
    {
        Faults.RequireWhole();
        Traffic += s_launch;
        return Recording is null ? null : Marker();
    }

    /// <summary>Ends a launch.</summary>
    /// <param name="name">The kernel.</param>
    /// <param name="start">The marker of <see cref="Begin"/>.</param>
    public void End(string name, ProfilingMarker? start)
    {
        if (start is not null)
            Recording?.AddLaunch(name, start, Marker());
    }

    /// <summary>Copies from the device to the host.</summary>
    public void Read<T>(ArrayView<T> source, Span<T> destination)
        where T : unmanaged
    {
        Faults.RequireWhole();
        try
        {
            source.CopyToCPU(destination);
        }
        catch (Exception cause)
        {
            throw Faults.OfExecution("a copy from the device", cause);
        }

        Count(new GpuTraffic(0, 0, (long)destination.Length * Unsafe.SizeOf<T>()));
    }

    /// <summary>Copies from the host to the device.</summary>
    public void Write<T>(ReadOnlySpan<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        Faults.RequireWhole();
        try
        {
            destination.CopyFromCPU(source);
        }
        catch (Exception cause)
        {
            throw Faults.OfExecution("a copy to the device", cause);
        }

        Count(new GpuTraffic(0, (long)source.Length * Unsafe.SizeOf<T>(), 0));
    }

    /// <summary>Copies within the device.</summary>
    public void Copy<T>(ArrayView<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        ProfilingMarker? start = Begin();
        Run("a copy on the device", () => source.CopyTo(accelerator.DefaultStream, destination));
        End("Copy", start);
    }

    /// <summary>Sets bytes to 0. It is no launch.</summary>
    public void Clear(ArrayView<byte> view) => Run("clearing memory", () => view.MemSetToZero(accelerator.DefaultStream));

    /// <summary>Waits until everything has run.</summary>
    public void Synchronize() => Run("waiting for the device", accelerator.Synchronize);

    /// <summary>Allocates a block of memory.</summary>
    /// <exception cref="DeviceException">The block does not fit in the device's memory.</exception>
    public MemoryBuffer1D<byte, Stride1D.Dense> Allocate(long bytes)
    {
        Faults.RequireWhole();
        MemoryBuffer1D<byte, Stride1D.Dense>? buffer = null;
        try
        {
            buffer = accelerator.Allocate1D<byte>(bytes);
            buffer.View.SubView(0, Math.Min(Touched, bytes)).MemSetToZero(); // some drivers allocate at the first use
            return buffer;
        }
        catch (Exception cause)
        {
            buffer?.Dispose();
            throw Faults.OfAllocation(bytes, cause);
        }
    }

    /// <summary>Begins to record.</summary>
    public GpuRecording Record() => accelerator.Context.Properties.EnableProfiling
        ? new GpuRecording(this)
        : throw new InvalidOperationException($"{Faults.Device} was not opened for recordings");

    /// <summary>Runs something on the accelerator.</summary>
    /// <param name="what">Its name in an error.</param>
    /// <param name="action">What to run.</param>
    public void Run(string what, Action action)
    {
        Faults.RequireWhole();
        try
        {
            action();
        }
        catch (Exception cause)
        {
            throw Faults.OfExecution(what, cause);
        }
    }

    // A copy over the bus.
    private void Count(GpuTraffic copied)
    {
        Traffic += copied;
        Recording?.AddCopy(copied);
    }

    private ProfilingMarker Marker()
    {
        ProfilingMarker? marker = null;
        Run("a time stamp", () => marker = accelerator.DefaultStream.AddProfilingMarker());
        return marker!;
    }
}
