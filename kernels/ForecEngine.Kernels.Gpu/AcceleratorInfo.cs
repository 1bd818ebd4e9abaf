// What a user sees of an accelerator, and the name by which one is chosen.

namespace ForecEngine.Kernels.Gpu;

/// <summary>What drives an accelerator.</summary>
public enum AcceleratorKind
{
    /// <summary>NVIDIA's CUDA driver.</summary>
    Cuda,

    /// <summary>An OpenCL driver.</summary>
    OpenCl,

    /// <summary>The host, thread by thread: slow, for tests of kernels where there is no GPU.</summary>
    Cpu,
}

/// <summary>An accelerator of this machine.</summary>
/// <param name="Kind">What drives it.</param>
/// <param name="Index">Its place among those of its kind, from 0.</param>
/// <param name="Name">Its name, as the driver gives it.</param>
/// <param name="MemoryBytes">The size of its memory, in bytes.</param>
public sealed record AcceleratorInfo(AcceleratorKind Kind, int Index, string Name, long MemoryBytes)
{
    /// <summary>What chooses it on a command line: <c>cuda:0</c>, <c>opencl:1</c>, <c>cpu:0</c>.</summary>
    public string Id => $"{Kind.ToString().ToLowerInvariant()}:{Index}";
}
