#!/usr/bin/env bash
# One would guess that u / 16 of a uint is an unsigned division on every device, and that -7 / 4 is -1 as in C#.
# ILGPU 1.5.3 compiles both to PTX as an arithmetic shift right (shr.s32), at every optimisation level: on CUDA 0xF0000000 / 16 is
# 0xFF000000 and -7 / 4 is -2. The CPU accelerator, where kernels are tested, runs the .NET code and is right.
# `u >> 4` compiles to shr.u32. This matters for hashes and random numbers (Philox) above 2^31.
# Our kernels must use shifts and masks instead of / by a power of two. The PTX is compiled here without a GPU.
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
using var buffer = cpu.Allocate1D<uint>(3);
cpu.LoadAutoGroupedStreamKernel<Index1D, ArrayView<uint>, uint, int>(Kernels.Divide)(1, buffer.View, 0xF0000000, -7);
cpu.Synchronize();
uint[] seen = buffer.GetAsArray1D();
Console.WriteLine("ILGPU 1.5.3, a kernel with u / 16, u >> 4 and s / 4 for uint u = 0xF0000000 and int s = -7");
Console.WriteLine($"CPU accelerator: {seen[0]:X8}, {seen[1]:X8}, {(int)seen[2]}");

var asTold = seen is [0x0F000000, 0x0F000000, 0xFFFFFFFF];
foreach (var level in new[] { OptimizationLevel.O0, OptimizationLevel.O1, OptimizationLevel.O2 })
{
    using var compiling = Context.Create(builder => builder.CPU().Optimize(level));
    var architecture = CudaArchitecture.SM_80;
    var backend = new PTXBackend(compiling, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_70, null);
    var entry = EntryPointDescription.FromImplicitlyGroupedKernel(typeof(Kernels).GetMethod(nameof(Kernels.Divide))!);
    var lines = ((PTXCompiledKernel)backend.Compile(entry, default)).PTXAssembly.Split('\n').Select(line => line.Trim());
    string[] divisions = [.. lines.Where(line => line.StartsWith("shr") || line.StartsWith("div"))];
    Console.WriteLine($"PTX, {level}: guess no shr.s32 alone; seen {string.Join("  ", divisions)}");
    asTold &= divisions.Count(line => line.StartsWith("shr.s32")) == 2 && divisions.Count(line => line.StartsWith("shr.u32")) == 1;
}
return asTold ? 0 : 1;

internal static class Kernels
{
    public static void Divide(Index1D index, ArrayView<uint> output, uint u, int s)
    {
        output[0] = u / 16;
        output[1] = u >> 4;
        output[2] = (uint)(s / 4);
    }
}
END
XDG_DATA_HOME=$folder dotnet run finding.cs
