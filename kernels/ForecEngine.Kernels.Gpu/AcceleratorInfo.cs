// The kind, name and memory of an accelerator, and the id that selects it on a command line.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The driver interface of an accelerator.</summary>
public enum AcceleratorKind
{
    /// <summary>NVIDIA's CUDA driver.</summary>
    Cuda,

    /// <summary>An OpenCL driver.</summary>
    OpenCl,

    /// <summary>Emulation on the host's processor: slow, for tests of kernels on machines without a GPU.</summary>
    Cpu,
}

/// <summary>An accelerator of this machine.</summary>
/// <param name="Kind">The driver interface.</param>
/// <param name="Index">Its index among the accelerators of its kind, from 0.</param>
/// <param name="Name">Its name, as the driver gives it.</param>
/// <param name="MemoryBytes">The size of its memory, in bytes.</param>
public sealed record AcceleratorInfo(AcceleratorKind Kind, int Index, string Name, long MemoryBytes)
{
    /// <summary>The id that selects it on a command line: <c>cuda:0</c>, <c>opencl:1</c>, <c>cpu:0</c>.</summary>
    public string Id => $"{Kind.ToString().ToLowerInvariant()}:{Index}";
}
