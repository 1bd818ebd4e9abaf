#!/usr/bin/env bash
# One would guess that a compiler leaves float arithmetic in the order in which it is written, unless a fast-math option allows otherwise.
# ILGPU 1.5.3 folds constants at every optimisation level, even O0, with no such option set: (x + 1e8f) + -1e8f becomes x, although it is
# 0 for x = 0.3, and x * 1e20f * 1e20f * 1e-30f becomes x times infinity, although infinity is right only above x = 0.034.
# (x + 12582912f) - 12582912f, the usual rounding by a magic number, is kept: two sums are folded, a sum and a difference are not.
# The CPU accelerator keeps the order. Our kernels must round with a subtraction, and a test should check the PTX.
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
using var buffer = cpu.Allocate1D<float>(1);

Console.WriteLine("ILGPU 1.5.3, the PTX of a kernel and its result on the CPU accelerator");
var asTold = true;
foreach (var (name, text, x, onCpu, told) in new[]
{
    (nameof(Kernels.Sum), "(x + 1e8f) + -1e8f", 0.3f, 0f, ""),
    (nameof(Kernels.Product), "x * 1e20f * 1e20f * 1e-30f", 1e-30f, 1e-20f, "mul by 7F800000"),
    (nameof(Kernels.Round), "(x + 12582912f) - 12582912f", 0.3f, 0f, "add by 4B400000, sub by 4B400000"),
})
{
    var method = typeof(Kernels).GetMethod(name)!;
    cpu.LoadAutoGroupedStreamKernel(method.CreateDelegate<Action<Index1D, ArrayView<float>, float>>())(1, buffer.View, x);
    cpu.Synchronize();
    var result = buffer.GetAsArray1D()[0];
    Console.WriteLine($"{text} with x = {x}: CPU accelerator {result}");
    asTold &= MathF.Abs(result - onCpu) <= 1e-6f * onCpu;
    foreach (var level in new[] { OptimizationLevel.O0, OptimizationLevel.O1, OptimizationLevel.O2 })
    {
        using var compiling = Context.Create(builder => builder.CPU().Optimize(level));
        var architecture = CudaArchitecture.SM_80;
        var backend = new PTXBackend(compiling, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_70, null);
        var kernel = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromImplicitlyGroupedKernel(method), default);
        var arithmetic = string.Join(", ", kernel.PTXAssembly.Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("add.f32") || line.StartsWith("sub.f32") || line.StartsWith("mul.f32"))
            .Select(line => $"{line[..3]} by {line[^9..^1]}"));
        Console.WriteLine($"  PTX, {level}: {(arithmetic.Length > 0 ? arithmetic : "no arithmetic, x is stored as it is")}");
        asTold &= arithmetic == told;
    }
}
return asTold ? 0 : 1;

internal static class Kernels
{
    public static void Sum(Index1D index, ArrayView<float> output, float x) => output[0] = (x + 1e8f) + -1e8f;
    public static void Product(Index1D index, ArrayView<float> output, float x) => output[0] = x * 1e20f * 1e20f * 1e-30f;
    public static void Round(Index1D index, ArrayView<float> output, float x) => output[0] = (x + 12582912f) - 12582912f;
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
