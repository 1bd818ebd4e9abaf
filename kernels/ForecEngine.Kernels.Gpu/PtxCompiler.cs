// What a CUDA driver would be given, made without one: the text in which a kernel that only a GPU would refuse shows.

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
    /// The PTX of a kernel that runs a thread an index. For an architecture above sm_80 ILGPU 1.5.3 writes
    /// <c>.target sm_80</c>, which the driver of a newer GPU accepts; what it may use is still the architecture's own.
    /// </summary>
    public static string Compile(MethodInfo kernel, CudaArchitecture architecture)
    {
        using Context context = Context.Create(_ => { });
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_88, nvvmAPI: null);
        CompiledKernel compiled = backend.Compile(
            EntryPointDescription.FromImplicitlyGroupedKernel(kernel), KernelSpecialization.Empty);
        return ((PTXCompiledKernel)compiled).PTXAssembly;
    }
}
