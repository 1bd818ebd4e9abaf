#!/usr/bin/env bash
# One would guess that `y[i] = x[i] > 3 ? 1 : 0`, with an array y of floats, stores the float 1 or 0.
# In a Release build, ILGPU 1.5.3 stores 1.4e-45, the float with the bits of the integer 1. It turns the choice between two integers into a
# choice between two floats and copies the bits of the constants. The OpenCL C and the PTX that it makes have this constant. Its CPU
# accelerator, on which kernels are usually tested, stores 1. With float constants, `? 1f : 0f`, all three store 1.
# A label or a mask that a kernel writes in this form counts as 0 in training, without an error. Our kernels must use float constants, and a
# test refuses PTX with the constant.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package ILGPU@1.5.3
#:property PublishAot=false
#:property InvariantGlobalization=true
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

using Context context = Context.Create(builder => builder.DefaultCPU());
Console.WriteLine($"ILGPU {typeof(Context).Assembly.GetName().Version}");

using Accelerator cpu = context.GetCPUDevice(0).CreateAccelerator(context);
using MemoryBuffer1D<int, Stride1D.Dense> x = cpu.Allocate1D([1, 5]);
using MemoryBuffer1D<float, Stride1D.Dense> y = cpu.Allocate1D<float>(2);
cpu.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<float>>(Kernels.Integers)(2, x.View, y.View);
cpu.Synchronize();
float[] stored = y.GetAsArray1D();
Console.WriteLine($"CPU accelerator: {stored[0]} and {stored[1]}");

using CLBackend openCl = new(
    context, new CLCapabilityContext(false, true, true, true, true), CLDeviceVendor.Other, new CLCVersion(2, 0));
using PTXBackend ptx = new(
    context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, nvvmAPI: null);
bool asTold = stored is [0, 1];
asTold &= Show("OpenCL, ? 1 : 0", Source(openCl, "Integers"), "1.40129846E-45f");
asTold &= Show("PTX, ? 1 : 0", Source(ptx, "Integers"), "0f00000001");
asTold &= Show("OpenCL, ? 1f : 0f", Source(openCl, "Floats"), "1.0f");
asTold &= Show("PTX, ? 1f : 0f", Source(ptx, "Floats"), "0f3F800000");
return asTold ? 0 : 1;

string Source(Backend backend, string kernel) => backend.Compile(
    EntryPointDescription.FromImplicitlyGroupedKernel(typeof(Kernels).GetMethod(kernel)!), KernelSpecialization.Empty) switch
{
    CLCompiledKernel compiled => compiled.Source,
    PTXCompiledKernel compiled => compiled.PTXAssembly,
    _ => "",
};

bool Show(string what, string source, string constant)
{
    bool has = source.Contains(constant, StringComparison.OrdinalIgnoreCase);
    Console.WriteLine($"{what}: the code {(has ? "has" : "does not have")} the constant {constant}");
    return has;
}

public static class Kernels
{
    public static void Integers(Index1D i, ArrayView<int> x, ArrayView<float> y) => y[i] = x[i] > 3 ? 1 : 0;

    public static void Floats(Index1D i, ArrayView<int> x, ArrayView<float> y) => y[i] = x[i] > 3 ? 1f : 0f;
}
END
XDG_DATA_HOME=$folder dotnet run -c Release finding.cs
