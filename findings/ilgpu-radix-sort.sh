#!/usr/bin/env bash
# One would guess that a radix sort offered for floats, with an operation named AscendingFloat, orders negative numbers.
# ILGPU.Algorithms 1.5.3 returns -1, -2, -5, 0, 2, 3: negative floats come first, but in descending order. DescendingFloat puts them
# last, also in the wrong order, and AscendingDouble is wrong too. AscendingInt32 is right. The CPU accelerator does the same, so no GPU
# is needed to see it. A user who ranks logits on the GPU this way reverses the negative ones; tests with probabilities do not show it.
# Sort a key instead: the float's bits with all bits flipped if it is negative, otherwise with only the sign bit flipped.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package ILGPU@1.5.3
#:package ILGPU.Algorithms@1.5.3
#:property PublishAot=false
#:property InvariantGlobalization=true
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.RadixSortOperations;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

using var context = Context.Create(builder => builder.CPU().EnableAlgorithms());
using var accelerator = context.CreateCPUAccelerator(0);

string Sorted<T, TOperation>(T[] values)
    where T : unmanaged
    where TOperation : unmanaged, IRadixSortOperation<T>
{
    using var buffer = accelerator.Allocate1D(values);
    using var scratch = accelerator.Allocate1D<int>(accelerator.ComputeRadixSortTempStorageSize<T, TOperation>((Index1D)values.Length));
    accelerator.CreateRadixSort<T, Stride1D.Dense, TOperation>()(accelerator.DefaultStream, buffer.View, scratch.View);
    accelerator.Synchronize();
    return string.Join(' ', buffer.GetAsArray1D());
}

var ascending = Sorted<float, AscendingFloat>([3, -1, 2, -5, 0, -2]);
var descending = Sorted<float, DescendingFloat>([3, -1, 2, -5, 0, -2]);
var doubles = Sorted<double, AscendingDouble>([3, -1, 2, -5, 0, -2]);
var integers = Sorted<int, AscendingInt32>([3, -1, 2, -5, 0, -2]);
Console.WriteLine("ILGPU.Algorithms 1.5.3, radix sort of 3 -1 2 -5 0 -2");
Console.WriteLine($"AscendingFloat   guess -5 -2 -1 0 2 3  seen {ascending}");
Console.WriteLine($"DescendingFloat  guess 3 2 0 -1 -2 -5  seen {descending}");
Console.WriteLine($"AscendingDouble  guess -5 -2 -1 0 2 3  seen {doubles}");
Console.WriteLine($"AscendingInt32   guess -5 -2 -1 0 2 3  seen {integers}");
return (ascending, descending, doubles, integers) == ("-1 -2 -5 0 2 3", "3 2 0 -5 -2 -1", "-1 -2 -5 0 2 3", "-5 -2 -1 0 2 3") ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
