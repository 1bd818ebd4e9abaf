// Lists the accelerators of this machine. A missing or broken driver is not an error: ILGPU skips drivers that do not answer, so their
// accelerators are not listed.

using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The accelerators of this machine.</summary>
public static class Accelerators
{
    static Accelerators() => NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, OpenClLibrary);

    /// <summary>The accelerators that kernels can run on: CUDA's, OpenCL's, and last the host, which is always listed.</summary>
    public static IReadOnlyList<AcceleratorInfo> List()
    {
        using Context context = Find();
        return [.. All(context).Select(found => found.Info)];
    }

    /// <summary>The first GPU, those of CUDA before those of OpenCL; null if there is none. OpenCL on a processor is no GPU.</summary>
    public static AcceleratorInfo? Best()
    {
        using Context context = Find();
        return All(context)
            .FirstOrDefault(found => found.Device is CudaDevice or CLDevice { DeviceType: not CLDeviceType.CL_DEVICE_TYPE_CPU }).Info;
    }

    /// <summary>For each kind without an accelerator, the reason in a line.</summary>
    public static IReadOnlyList<string> Missing()
    {
        HashSet<AcceleratorKind> there = [.. List().Select(info => info.Kind)];
        return [.. ((AcceleratorKind[])[AcceleratorKind.Cuda, AcceleratorKind.OpenCl]).Where(kind => !there.Contains(kind)).Select(Reason)];
    }

    /// <summary>Why the machine has no accelerator of a kind.</summary>
    internal static string Reason(AcceleratorKind kind)
    {
        string library = kind == AcceleratorKind.Cuda
            ? OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1"
            : OperatingSystem.IsWindows() ? "OpenCL.dll" : "libOpenCL.so.1";
        string name = kind == AcceleratorKind.Cuda ? "cuda" : "opencl";
        if (!NativeLibrary.TryLoad(library, out _))
            return $"no {name} device: {library} is not installed";
        IReadOnlyList<string> refused = kind == AcceleratorKind.OpenCl ? PassedOver() : [];
        return $"no {name} device: {(refused.Count > 0 ? string.Join("; ", refused) : $"{library} finds none")}";
    }

    /// <summary>The OpenCL devices that kernels cannot run on, each with the reason.</summary>
    internal static IReadOnlyList<string> PassedOver()
    {
        using Context context = Context.Create(builder => builder.OpenCL(device => Lack(device) is not null));
        return
        [
            .. context.Devices.OfType<CLDevice>().Select(
                device => $"{device.Name.Trim()} ({device.PlatformName.Trim()}) {Lack(device)}"),
        ];
    }

    // Why ILGPU's code does not run on an OpenCL device; null if it does. The version is no criterion: PoCL 6.0 names 1.2 and runs it.
    private static string? Lack(CLDevice device) => device.Capabilities is CLCapabilityContext { GenericAddressSpace: false }
        ? $"has no generic address space; its OpenCL C is {device.CVersion.Major}.{device.CVersion.Minor}"
        : null;

    /// <summary>A context that knows every accelerator of the machine.</summary>
    /// <param name="timing">Whether launches can be timed, which costs a little even when none is.</param>
    internal static Context Find(bool timing = false) => Context.Create(builder =>
    {
        builder.Cuda().OpenCL(device => Lack(device) is null).CPU(new CPUDevice(32, 8, 1));
        if (timing)
            builder.Profiling();
    });

    /// <summary>The accelerators that a context knows.</summary>
    internal static IEnumerable<(AcceleratorInfo Info, Device Device)> All(Context context) =>
        OfKind<CudaDevice>(context, AcceleratorKind.Cuda)
            .Concat(OfKind<CLDevice>(context, AcceleratorKind.OpenCl))
            .Concat(OfKind<CPUDevice>(context, AcceleratorKind.Cpu));

    // ILGPU 1.5.3 asks for libOpenCL.so, which only development packages have on Linux; drivers come with libOpenCL.so.1. 0 leaves the
    // choice to the runtime.
    internal static nint OpenClLibrary(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "OpenCL" && !NativeLibrary.TryLoad(name, assembly, path, out _)
            && NativeLibrary.TryLoad("libOpenCL.so.1", assembly, path, out nint library) ? library : 0;

    private static IEnumerable<(AcceleratorInfo Info, Device Device)> OfKind<TDevice>(Context context, AcceleratorKind kind)
        where TDevice : Device =>
        context.Devices.OfType<TDevice>().Select((Device device, int index) =>
            (new AcceleratorInfo(kind, index, device.Name.Trim(), MemoryOf(device)), device));

    // ILGPU reports unlimited memory for the host.
    private static long MemoryOf(Device device) =>
        device is CPUDevice ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : device.MemorySize;
}
