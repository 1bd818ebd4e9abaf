#!/usr/bin/env bash
# One would guess that 0f > x and x < 0f are the same condition, false if x is NaN.
# ILGPU 1.5.3 compiles x < 0f to the PTX comparison lt, which is false for NaN, but 0f > x to ltu, which is true for NaN;
# 0f < x becomes gtu likewise. On the CPU accelerator all four are false for NaN, as in C#.
# A guard such as `if (0f > x) x = 0f;` then hides a NaN on the GPU only. Our kernels must have the constant on the right, and tests
# with NaN must run on the GPU itself. The PTX is compiled here without a GPU.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package ILGPU@1.5.3
#:property PublishAot=false
#:property InvariantGlobalization=true
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

using var context = Context.Create(builder => builder.CPU());
using var cpu = context.CreateCPUAccelerator(0);
using var buffer = cpu.Allocate1D<int>(1);
var architecture = CudaArchitecture.SM_80;
var backend = new PTXBackend(context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_70, null);

Console.WriteLine("ILGPU 1.5.3, comparisons of a float x with 0; lt and gt are false for NaN, ltu and gtu true");
var asTold = true;
foreach (var (name, text, told) in new[]
{
    (nameof(Kernels.ConstantGreater), "0f > x", "ltu"), (nameof(Kernels.Less), "x < 0f", "lt"),
    (nameof(Kernels.ConstantLess), "0f < x", "gtu"), (nameof(Kernels.Greater), "x > 0f", "gt"),
})
{
    var method = typeof(Kernels).GetMethod(name)!;
    cpu.LoadAutoGroupedStreamKernel(method.CreateDelegate<Action<Index1D, ArrayView<int>, float>>())(1, buffer.View, float.NaN);
    cpu.Synchronize();
    var onCpu = buffer.GetAsArray1D()[0] != 0;
    var kernel = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromImplicitlyGroupedKernel(method), default);
    var lines = kernel.PTXAssembly.Split('\n').Select(line => line.Trim());
    var comparison = lines.First(line => line.StartsWith("setp.") && line.Contains(".f32"));
    Console.WriteLine($"{text}: CPU accelerator with NaN {onCpu}; PTX {comparison}");
    asTold &= !onCpu && comparison.StartsWith($"setp.{told}.f32");
}
return asTold ? 0 : 1;

internal static class Kernels
{
    public static void ConstantGreater(Index1D index, ArrayView<int> output, float x) => output[0] = 0f > x ? 1 : 0;
    public static void Less(Index1D index, ArrayView<int> output, float x) => output[0] = x < 0f ? 1 : 0;
    public static void ConstantLess(Index1D index, ArrayView<int> output, float x) => output[0] = 0f < x ? 1 : 0;
    public static void Greater(Index1D index, ArrayView<int> output, float x) => output[0] = x > 0f ? 1 : 0;
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
