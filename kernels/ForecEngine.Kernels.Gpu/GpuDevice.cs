// An accelerator as a device: memory, launches and the checks before every operation. Results have the same bits from run to run, and are
// within 1e-4 of the scalar device's, relative to the sum of their terms' magnitudes: a multiply-add may round twice.

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
    private readonly KernelCache _kernels = new();
    private readonly GpuStorage<float> _absent; // stands for an empty tensor: a driver takes no empty buffer
    private Storage<long> _keys;

    private GpuDevice(Context context, Accelerator accelerator, AcceleratorInfo info)
    {
        (_context, _accelerator, Info) = (context, accelerator, info);
        Memory = new GpuMemory(accelerator);
        _absent = new GpuStorage<float>(this, 1);
        _keys = new GpuStorage<long>(this, 0);
    }

    /// <summary>The accelerator that runs the operations.</summary>
    public AcceleratorInfo Info { get; }

    /// <inheritdoc/>
    public string Name => $"{Info.Kind.ToString().ToLowerInvariant()}:{Info.Name}";

    /// <inheritdoc/>
    public bool IsHost => false;

    internal GpuMemory Memory { get; }

    /// <summary>Opens an accelerator of this machine.</summary>
    /// <param name="kind">The driver interface.</param>
    /// <param name="index">Its index among the accelerators of its kind.</param>
    /// <exception cref="ArgumentException">There is no such accelerator; the message says which there are, or why none is.</exception>
    public static GpuDevice Open(AcceleratorKind kind, int index = 0)
    {
        Context context = Accelerators.Find();
        try
        {
            (AcceleratorInfo Info, Device Device)[] all = [.. Accelerators.All(context)];
            foreach ((AcceleratorInfo info, Device device) in all)
            {
                if (info.Kind == kind && info.Index == index)
                    return new GpuDevice(context, device.CreateAccelerator(context), info);
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
    public void Synchronize() => _accelerator.Synchronize();

    /// <inheritdoc/>
    public INetworkProgram? Compile(Network network) => null;

    /// <summary>Frees the accelerator with all its memory.</summary>
    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private ArrayView<T> On<T>(Slice<T> slice, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged =>
        slice.Storage is GpuStorage<T> storage && storage.Device == this
            ? storage.View(slice)
            : throw new ArgumentException($"{name} is not in the memory of {Info.Id}; allocate it there", name);

    private View OnOrAbsent(Slice<float> slice, [CallerArgumentExpression(nameof(slice))] string name = "") =>
        On(slice.IsEmpty ? _absent.Slice() : slice, name);

    // A kernel with a thread per index, or one over groups, which takes a configuration before its arguments.
    private TLauncher Each<TLauncher>(TLauncher kernel, Func<TLauncher, TLauncher> load)
        where TLauncher : Delegate => _kernels.Find(kernel, load);
}
