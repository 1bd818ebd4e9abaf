// Compiles kernels to the PTX that a CUDA driver would receive. Tests read it to find faults that would otherwise show only on a GPU.

using System.Reflection;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace ForecEngine.Kernels.Gpu;

/// <summary>Compiles kernels to PTX; needs no GPU and no driver.</summary>
internal static class PtxCompiler
{
    /// <summary>
    /// The PTX of a kernel. A kernel whose first parameter is an index runs one thread per index; others run over groups. For architectures
    /// above sm_80, ILGPU 1.5.3 writes <c>.target sm_80</c>, which drivers of newer GPUs accept, but it still uses the instructions of the
    /// requested architecture.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="level">ILGPU's optimisation level; the devices use the default.</param>
    public static string Compile(MethodInfo kernel, CudaArchitecture architecture, OptimizationLevel level = OptimizationLevel.O1)
    {
        using Context context = Context.Create(builder => builder.Optimize(level));
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_88, nvvmAPI: null);
        bool isGrouped = kernel.GetParameters()[0].ParameterType != typeof(Index1D);
        CompiledKernel compiled = backend.Compile(
            isGrouped
                ? EntryPointDescription.FromExplicitlyGroupedKernel(kernel)
                : EntryPointDescription.FromImplicitlyGroupedKernel(kernel),
            KernelSpecialization.Empty);
        return ((PTXCompiledKernel)compiled).PTXAssembly;
    }
}
