// Errors of a device: one type and one line with the device's name, and no strange error afterwards.

using ForecEngine.Kernels.Ops;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class DeviceFaultTests : IDisposable
{
    private const long MoreThanAny = 1L << 56; // bytes

    private readonly GpuDevice _gpu = GpuDevice.Open(Accelerators.List()[0].Kind);

    public void Dispose() => _gpu.Dispose();

    [Fact]
    public void A_full_memory_is_an_error_in_one_line_and_the_device_works_on()
    {
        DeviceException full = Assert.Throws<DeviceException>(() => _gpu.Memory.Allocate(MoreThanAny));
        Assert.Equal(DeviceFault.OutOfMemory, full.Fault);
        Assert.StartsWith($"{_gpu.Info.Id} ({_gpu.Info.Name}): out of memory: ", full.Message, StringComparison.Ordinal);
        Assert.EndsWith("; free a model or use a smaller batch", full.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', full.Message);
        Assert.Equal(2.5f, Filled(2.5f));
    }

    [Fact]
    public void A_range_is_allocated_where_a_block_of_the_usual_size_does_not_fit()
    {
        List<long> tried = [];
        GpuMemory memory = new(
            bytes =>
            {
                tried.Add(bytes);
                if (bytes > 4096)
                    throw _gpu.Queue.Faults.OfAllocation(bytes, new CLException(CLError.CL_OUT_OF_RESOURCES));
                return _gpu.Queue.Allocate(bytes);
            },
            _gpu.Queue.Clear);
        GpuRange range = memory.Allocate(1000);
        Assert.Equal((0, 1024), (range.Start, range.Bytes));
        Assert.Equal(2, tried.Count);
        Assert.Equal(1024, tried[1]);
        Assert.Throws<DeviceException>(() => memory.Allocate(5000));
    }

    [Fact]
    public void After_a_kernel_that_does_not_build_the_device_refuses_all_work_with_the_same_message()
    {
        Slice<float> x = _gpu.Allocate<float>(4).Slice();
        DeviceException first = Assert.Throws<DeviceException>(() => _gpu.Unary<Unbuildable>(x, x));
        Assert.Equal(DeviceFault.Compilation, first.Fault);
        Assert.StartsWith(
            $"{_gpu.Info.Id} ({_gpu.Info.Name}): the kernel Elementwise.Unary<Unbuildable> does not build: ", first.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\n', first.Message);
        Assert.All(
            (Action[])
            [
                () => _gpu.Unary<Relu>(x, x), () => _gpu.Copy(x, x), () => x.Read(new float[4]), () => x.Write(new float[4]),
                () => _gpu.Allocate<float>(4), _gpu.Synchronize,
            ],
            again => Assert.Equal(first.Message, Assert.Throws<DeviceException>(again).Message));
    }

    [Fact]
    public void A_launch_that_fails_names_its_kernel_and_the_device_refuses_further_work()
    {
        Action<Index1D, ArrayView<float>, float> refused = (_, _, _) => throw new CLException(CLError.CL_INVALID_OPERATION);
        KernelCache kernels = new(_gpu.Queue, _ => refused);
        Action<Index1D, ArrayView<float>, float> failing =
            kernels.Find<Action<Index1D, ArrayView<float>, float>, Action<Index1D, ArrayView<float>, float>>(
                ReductionKernels.Fill);
        DeviceException first = Assert.Throws<DeviceException>(() => failing(1, default, 0));
        Assert.Equal(
            $"{_gpu.Info.Id} ({_gpu.Info.Name}): the kernel Reduction.Fill failed: CL_INVALID_OPERATION", first.Message);
        Assert.Equal(first.Message, Assert.Throws<DeviceException>(() => Filled(1)).Message);
    }

    [Fact]
    public void A_rule_of_ones_own_moves_parameters()
    {
        Slice<float> p = _gpu.Allocate<float>(3).Slice(), gradient = _gpu.Allocate<float>(3).Slice();
        gradient.Write([1, 2, 3]);
        _gpu.Update<SignRule>(default, new ParameterUpdate<SignRule>(new SignRule(), p, default, default, gradient));
        Assert.Equal([-1f, -1f, -1f], p.ToArray());
    }

    [Fact]
    public void A_lost_device_says_so()
    {
        DeviceException lost = _gpu.Queue.Faults.OfExecution("a copy", new CLException(CLError.CL_DEVICE_NOT_AVAILABLE));
        Assert.Equal(DeviceFault.Lost, lost.Fault);
        Assert.Contains("the device is lost", lost.Message, StringComparison.Ordinal);
    }

    private float Filled(float value)
    {
        float[] read = new float[1];
        Slice<float> x = _gpu.Allocate<float>(1).Slice();
        _gpu.Fill(x, value);
        x.Read(read);
        return read[0];
    }

    // ILGPU compiles no code that allocates a class.
    private readonly struct Unbuildable : IUnaryOp
    {
        public static TLane Forward<TLane>(TLane x)
            where TLane : struct, ILane<TLane> => new List<TLane> { x }[0];

        public static TLane Backward<TLane>(TLane x, TLane dy)
            where TLane : struct, ILane<TLane> => dy;
    }
}

/// <summary>A step of 1 against the sign of the gradient. Public, because ILGPU's emulation refuses internal types.</summary>
public readonly struct SignRule : IUpdateRule
{
    public static int Statistics => 0;

    public TLane Move<TLane, TMemory>(TLane p, TLane gradient, TMemory m, TMemory v, int i)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane> =>
        TLane.WhereGreater(gradient, TLane.Broadcast(0), p - TLane.Broadcast(1), p + TLane.Broadcast(1));
}
