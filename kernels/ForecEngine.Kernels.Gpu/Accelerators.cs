// Which accelerators this machine has. A driver that is missing or broken is a machine without its accelerators, not
// an error: ILGPU asks the drivers and keeps quiet about those that do not answer.

using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The accelerators of this machine.</summary>
public static class Accelerators
{
    /// <summary>Those that kernels can run on: CUDA's first, then OpenCL's, then the host, which is always there.</summary>
    public static IReadOnlyList<AcceleratorInfo> List()
    {
        using Context context = Find();
        return [.. All(context).Select(found => found.Info)];
    }

    /// <summary>A context that knows every accelerator of the machine.</summary>
    internal static Context Find() => Context.Create(builder => builder.Cuda().OpenCL().DefaultCPU());

    /// <summary>The accelerators that a context knows.</summary>
    internal static IEnumerable<(AcceleratorInfo Info, Device Device)> All(Context context) =>
        OfKind<CudaDevice>(context, AcceleratorKind.Cuda)
            .Concat(OfKind<CLDevice>(context, AcceleratorKind.OpenCl))
            .Concat(OfKind<CPUDevice>(context, AcceleratorKind.Cpu));

    private static IEnumerable<(AcceleratorInfo Info, Device Device)> OfKind<TDevice>(Context context, AcceleratorKind kind)
        where TDevice : Device =>
        context.Devices.OfType<TDevice>().Select((Device device, int index) =>
            (new AcceleratorInfo(kind, index, device.Name.Trim(), MemoryOf(device)), device));

    // ILGPU takes the host's memory to be endless.
    private static long MemoryOf(Device device) =>
        device is CPUDevice ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : device.MemorySize;
}
