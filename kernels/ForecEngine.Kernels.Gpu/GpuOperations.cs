// The operations that have GPU kernels, with the signatures of IDevice: the start of a GPU device. Shapes are checked before a kernel is
// launched, as on the host.

using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

/// <summary>
/// An accelerator that runs operations on its own memory. Results named y and gradient are overwritten; adjoints named
/// d... are added to; an empty adjoint is skipped. One thread at a time may call it.
/// </summary>
/// <remarks>
/// Every operation throws <see cref="ArgumentException"/> if shapes do not fit or memory is not the accelerator's,
/// naming them. Results are bit-identical from run to run, and within 1e-4 of <see cref="ScalarDevice"/> relative to the size of their
/// terms: a difference that cancels, such as s(z) - t in the gradient of binary cross-entropy, keeps the absolute error of its terms.
/// </remarks>
public sealed class GpuOperations : IDisposable
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly Dictionary<MethodInfo, Delegate> _launchers = [];

    private GpuOperations(Context context, Accelerator accelerator, AcceleratorInfo info)
    {
        _context = context;
        _accelerator = accelerator;
        Info = info;
    }

    /// <summary>The accelerator that runs the operations.</summary>
    public AcceleratorInfo Info { get; }

    /// <summary>Opens an accelerator of this machine.</summary>
    /// <param name="kind">The driver interface.</param>
    /// <param name="index">Its index among the accelerators of its kind.</param>
    /// <exception cref="ArgumentException">There is no such accelerator; the message lists the available ones.</exception>
    public static GpuOperations Open(AcceleratorKind kind, int index = 0)
    {
        Context context = Accelerators.Find();
        try
        {
            (AcceleratorInfo Info, Device Device)[] all = [.. Accelerators.All(context)];
            foreach ((AcceleratorInfo info, Device device) in all)
            {
                if (info.Kind == kind && info.Index == index)
                    return new GpuOperations(context, device.CreateAccelerator(context), info);
            }

            string wanted = new AcceleratorInfo(kind, index, "", 0).Id;
            throw new ArgumentException(
                $"this machine has no {wanted}; it has {string.Join(", ", all.Select(found => found.Info.Id))}", nameof(index));
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Allocates zeros in the accelerator's memory.</summary>
    public GpuStorage<T> Allocate<T>(int length)
        where T : unmanaged => new(_accelerator, length);

    /// <summary>y = f(x), elementwise.</summary>
    public void Unary<TOp>(Slice<float> x, Slice<float> y)
        where TOp : unmanaged, IUnaryOp
    {
        Shapes.Require(y, x.Length);
        if (!y.IsEmpty)
            Launcher<Action<Index1D, View, View>>(ElementwiseKernels.Unary<TOp>, _accelerator.LoadAutoGroupedStreamKernel)(
                y.Length, Memory(x), Memory(y));
    }

    /// <summary>dx += f'(x) dy, elementwise.</summary>
    public void UnaryBackward<TOp>(Slice<float> x, Slice<float> dy, Slice<float> dx)
        where TOp : unmanaged, IUnaryOp
    {
        Shapes.Require(dy, x.Length);
        Shapes.Require(dx, x.Length, optional: true);
        if (!dx.IsEmpty)
            Launcher<Action<Index1D, View, View, View>>(ElementwiseKernels.UnaryBackward<TOp>, _accelerator.LoadAutoGroupedStreamKernel)(
                dx.Length, Memory(x), Memory(dy), Memory(dx));
    }

    /// <summary>y = f(a, b), elementwise.</summary>
    public void Binary<TOp>(Slice<float> a, Slice<float> b, Slice<float> y)
        where TOp : unmanaged, IBinaryOp
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(y, a.Length);
        if (!y.IsEmpty)
            Launcher<Action<Index1D, View, View, View>>(ElementwiseKernels.Binary<TOp>, _accelerator.LoadAutoGroupedStreamKernel)(
                y.Length, Memory(a), Memory(b), Memory(y));
    }

    /// <summary>da += (df/da) dy and db += (df/db) dy, elementwise.</summary>
    public void BinaryBackward<TOp>(Slice<float> a, Slice<float> b, Slice<float> dy, Slice<float> da, Slice<float> db)
        where TOp : unmanaged, IBinaryOp
    {
        Shapes.Require(b, a.Length);
        Shapes.Require(dy, a.Length);
        Shapes.Require(da, a.Length, optional: true);
        Shapes.Require(db, a.Length, optional: true);
        if (!da.IsEmpty)
            Launcher<Action<Index1D, View, View, View, View>>(
                ElementwiseKernels.BinaryBackwardLeft<TOp>, _accelerator.LoadAutoGroupedStreamKernel)(
                da.Length, Memory(a), Memory(b), Memory(dy), Memory(da));
        if (!db.IsEmpty)
            Launcher<Action<Index1D, View, View, View, View>>(
                ElementwiseKernels.BinaryBackwardRight<TOp>, _accelerator.LoadAutoGroupedStreamKernel)(
                db.Length, Memory(a), Memory(b), Memory(dy), Memory(db));
    }

    /// <summary>y[r] = table[rows[r]], row by row.</summary>
    public void Gather(Matrix table, RowIds rows, Matrix y)
    {
        Shapes.Require(y, rows.Count, table.Columns);
        Shapes.Require(rows, table.Rows);
        if (!y.Values.IsEmpty)
            Launcher<Action<Index1D, View, ArrayView<int>, View, int>>(EmbeddingKernels.Gather, _accelerator.LoadAutoGroupedStreamKernel)(
                y.Values.Length, Memory(table.Values), Memory(rows.Values), Memory(y.Values), table.Columns);
    }

    /// <summary>Frees the accelerator with all its memory.</summary>
    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    private ArrayView<T> Memory<T>(Slice<T> slice, [CallerArgumentExpression(nameof(slice))] string name = "")
        where T : unmanaged =>
        slice.Storage is GpuStorage<T> storage && storage.Accelerator == _accelerator
            ? storage.View(slice)
            : throw new ArgumentException($"{name} is not in the memory of {Info.Id}; allocate it there", name);

    // Compiling a kernel takes milliseconds, so compiled kernels are kept.
    private TLauncher Launcher<TLauncher>(TLauncher kernel, Func<TLauncher, TLauncher> load)
        where TLauncher : Delegate
    {
        if (_launchers.TryGetValue(kernel.Method, out Delegate? known))
            return (TLauncher)known;
        TLauncher launcher = load(kernel);
        _launchers.Add(kernel.Method, launcher);
        return launcher;
    }
}
