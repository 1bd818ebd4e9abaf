#!/usr/bin/env bash
# One would guess that a part of a buffer of bytes that starts at byte 4, cast to elements of 8 bytes, starts at byte 4 or is refused.
# ILGPU 1.5.3 rounds the start down to a multiple of the elements' size, without an error: the view starts at byte 0. The same happens at
# a start that is well aligned for the elements, if their size is no power of two: elements of 28 bytes at byte 256 start at byte 252.
# A memory pool that cuts tensors from one buffer of bytes then overlaps them. Our GPU storage refuses elements whose size does not divide
# its alignment of 256 bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package ILGPU@1.5.3
#:property PublishAot=false
#:property AllowUnsafeBlocks=true
#:property InvariantGlobalization=true
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

using Context context = Context.Create(builder => builder.DefaultCPU());
Console.WriteLine($"ILGPU {typeof(Context).Assembly.GetName().Version}");
using Accelerator cpu = context.GetCPUDevice(0).CreateAccelerator(context);
using MemoryBuffer1D<byte, Stride1D.Dense> buffer = cpu.Allocate1D<byte>(1024);
bool asTold = Starts<long>(4, 0);
asTold &= Starts<long>(8, 8);
asTold &= Starts<Seven>(256, 252);
return asTold ? 0 : 1;

// Writes to the first element of the cast view and finds the byte where it begins.
bool Starts<T>(int start, int expected)
    where T : unmanaged
{
    buffer.MemSetToZero();
    ArrayView<T> view = buffer.View.BaseView.SubView(start, 512).Cast<T>();
    view.SubView(0, 1).MemSet(0xFF);
    cpu.Synchronize();
    int found = Array.IndexOf(buffer.GetAsArray1D(), (byte)0xFF);
    unsafe
    {
        Console.WriteLine($"elements of {sizeof(T)} bytes, cast at byte {start}: the view starts at byte {found}");
    }

    return found == expected;
}

internal struct Seven
{
    public int A, B, C, D, E, F, G;
}
END
XDG_DATA_HOME=$folder dotnet run -c Release finding.cs
