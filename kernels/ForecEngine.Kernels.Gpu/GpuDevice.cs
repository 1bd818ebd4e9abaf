// An accelerator as a device: memory and launches. Results have the same bits from run to run, and are within 1e-4 of the
// scalar device's, relative to the sum of their terms' magnitudes: a multiply-add may round twice.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Fused;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

/// <summary>A device that runs operations on an accelerator, in its own memory.</summary>
public sealed partial class GpuDevice : IDevice
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly KernelCache _kernels;
    private readonly GpuStorage<float> _absent; // stands for an empty tensor: a driver takes no empty buffer
    private readonly DenseParts _denseParts;
    private readonly List<GpuStorage<long>> _keys = []; // of tables whose rows have not been sorted

    private GpuDevice(Context context, Accelerator accelerator, AcceleratorInfo info)
    {
        (_context, _accelerator, Info) = (context, accelerator, info);
        Queue = new GpuQueue(accelerator, info);
        _kernels = new KernelCache(Queue, kernel => KernelCache.Load(accelerator, kernel));
        Memory = new GpuMemory(Queue.Allocate, Queue.Clear);
        _absent = new GpuStorage<float>(this, 64); // as large as any element
        _denseParts = new DenseParts(this);
    }

    /// <summary>The accelerator that runs the operations.</summary>
    public AcceleratorInfo Info { get; }

    /// <inheritdoc/>
    public string Name => $"{Info.Kind.ToString().ToLowerInvariant()}:{Info.Name}";

    /// <inheritdoc/>
    public bool IsHost => false;

    /// <summary>The launches and the copies over the bus since the device was opened.</summary>
    public GpuTraffic Traffic => Queue.Traffic;

    internal GpuMemory Memory { get; }

    /// <summary>The block of small tensors, which kernels index by offsets.</summary>
    internal View SmallMemory => (Memory.Small ?? throw new InvalidOperationException("there are no small tensors")).Whole.Cast<float>();

    internal GpuQueue Queue { get; }

    /// <summary>Opens an accelerator of this machine.</summary>
    /// <param name="kind">The driver interface.</param>
    /// <param name="index">Its index among the accelerators of its kind.</param>
    /// <param name="recordable">Whether <see cref="Record"/> can be called, which makes every launch a little slower.</param>
    /// <exception cref="ArgumentException">There is no such accelerator; the message says which there are, or why none is.</exception>
    /// <exception cref="DeviceException">The accelerator cannot be opened.</exception>
    public static GpuDevice Open(AcceleratorKind kind, int index = 0, bool recordable = false)
    {
        Context context = Accelerators.Find(recordable);
        try
        {
            (AcceleratorInfo Info, Device Device)[] all = [.. Accelerators.All(context)];
            foreach ((AcceleratorInfo info, Device device) in all)
            {
                if (info.Kind == kind && info.Index == index)
                    return new GpuDevice(context, Create(device, context, info), info);
            }

            string[] there = [.. all.Where(found => found.Info.Kind == kind).Select(found => $"{found.Info.Id} ({found.Info.Name})")];
            string wanted = new AcceleratorInfo(kind, index, "", 0).Id;
            throw new ArgumentException(
                there.Length > 0 ? $"no {wanted} here; there is {string.Join(", ", there)}" : Accelerators.Reason(kind));
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Storage<T> Allocate<T>(int length)
        where T : unmanaged => new GpuStorage<T>(this, length);

    /// <inheritdoc/>
    public void Synchronize() => Queue.Synchronize();

    /// <inheritdoc/>
    public INetworkProgram? Compile(Network network)
    {
        network.Check();
        if (GpuNetworkLayout.Of(network, this) is not { } layout)
            return null;
        GpuNetworkProgram program = new(this, layout);
        _denseParts.PrepareFor(program.Pending);
        return program;
    }

    /// <summary>Records the time of every launch from now on.</summary>
    /// <exception cref="InvalidOperationException">The device was opened without it, or already has a recording.</exception>
    public GpuRecording Record() => Queue.Record();

    /// <summary>Measures the accelerator's peak rates.</summary>
    public GpuCeilings MeasureCeilings()
    {
        GpuCeilings? ceilings = null;
        Queue.Run("measuring the peak rates", () => ceilings = GpuCeilings.Measure(_accelerator, Info.MemoryBytes));
        return ceilings!;
    }

    /// <summary>Frees the accelerator with all its memory.</summary>
    public void Dispose()
    {
        try
        {
            _accelerator.Dispose();
            _context.Dispose();
        }
        catch (Exception) when (Queue.Faults.IsBroken)
        {
            // A driver that has failed refuses this too. Its first error is the one to report.
        }
    }

    private static Accelerator Create(Device device, Context context, AcceleratorInfo info)
    {
        try
        {
            return device.CreateAccelerator(context);
        }
        catch (Exception cause)
        {
            throw new GpuFaults(info).OfOpening(cause);
        }
    }

    /// <summary>The device's memory of a slice, for a kernel.</summary>
    /// <exception cref="ArgumentException">The slice is in other memory.</exception>
    internal ArrayView<T> ViewOf<T>(Slice<T> slice, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged =>
        slice.Storage is GpuStorage<T> storage && storage.Device == this
            ? storage.View(slice)
            : throw new ArgumentException($"{name} is not in the memory of {Info.Id}; allocate it there", name);

    /// <summary>The same; for an empty slice a memory that a kernel does not use, because a driver takes no empty buffer.</summary>
    internal ArrayView<T> ViewOrAbsent<T>(Slice<T> slice, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged => slice.IsEmpty ? _absent.View(_absent.Slice()).Cast<T>() : ViewOf(slice, name);

    /// <summary>Whether a group has the shared memory of a tile.</summary>
    internal bool HasRoomForTiles =>
        _accelerator.MaxSharedMemoryPerGroup >= NetworkTile.SharedFours * Unsafe.SizeOf<Float4>()
        && _accelerator.MaxNumThreadsPerGroup >= UpdateKernels.Threads;

    /// <summary>Launches <see cref="NetworkKernels.Train"/>.</summary>
    internal void Train(
        KernelConfig grid, TileNetwork network, TileTables tables, TileSamples samples, TileAdjoints adjoints, View sums, int stride,
        View losses, int count, float weight) =>
        _kernels.Find<
            Action<TileNetwork, TileTables, TileSamples, TileAdjoints, View, int, View, int, float>,
            Action<KernelConfig, TileNetwork, TileTables, TileSamples, TileAdjoints, View, int, View, int, float>>(
            NetworkKernels.Train)(
            grid, network, tables, samples, adjoints, sums, stride, losses, count, weight);

    /// <summary>Launches <see cref="NetworkKernels.Score"/>.</summary>
    internal void Score(KernelConfig grid, TileNetwork network, TileTables tables, TileSamples samples, View logits, int count) =>
        _kernels.Find<
            Action<TileNetwork, TileTables, TileSamples, View, int>,
            Action<KernelConfig, TileNetwork, TileTables, TileSamples, View, int>>(
            NetworkKernels.Score)(grid, network, tables, samples, logits, count);

    /// <summary>Launches <see cref="VisitKernels.Visit"/>.</summary>
    internal void Visit(
        KernelConfig grid, TileNetwork network, TileTables tables, TileSamples samples, TileAdjoints adjoints, VisitPlaces places,
        VisitKeys keys, VisitSums sums, VisitRule rule) =>
        _kernels.Find<
            Action<TileNetwork, TileTables, TileSamples, TileAdjoints, VisitPlaces, VisitKeys, VisitSums, VisitRule>,
            Action<KernelConfig, TileNetwork, TileTables, TileSamples, TileAdjoints, VisitPlaces, VisitKeys, VisitSums, VisitRule>>(
            VisitKernels.Visit)(
            grid, network, tables, samples, adjoints, places, keys, sums, rule);

    // Every operation but the update uses these, because the update alone adds the sums that a fused step has left.
    private ArrayView<T> On<T>(Slice<T> slice, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged
    {
        FinishGradients();
        return ViewOf(slice, name);
    }

    private View OnOrAbsent(Slice<float> slice, [CallerArgumentExpression(nameof(slice))] string name = "")
    {
        FinishGradients();
        return ViewOrAbsent(slice, name);
    }

    // The launcher of a kernel with a thread per index.
    private TLauncher Each<TLauncher>(TLauncher kernel)
        where TLauncher : Delegate => _kernels.Find<TLauncher, TLauncher>(kernel);
}
