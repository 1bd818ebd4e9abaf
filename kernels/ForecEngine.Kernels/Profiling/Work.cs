// The cost of an operation, computed from its shapes: arithmetic and memory traffic, the same for every device.

namespace ForecEngine.Kernels.Profiling;

/// <summary>An amount of arithmetic and of memory traffic.</summary>
/// <param name="Flops">Additions, subtractions, multiplications, divisions and square roots; a multiply-add is two.</param>
/// <param name="Bytes">Bytes read plus bytes written; every operand counts once per call, as if nothing were cached.</param>
public readonly record struct Work(long Flops, long Bytes)
{
    /// <summary>Both together.</summary>
    public static Work operator +(Work left, Work right) => new(left.Flops + right.Flops, left.Bytes + right.Bytes);

    /// <summary>The work of several equal operations.</summary>
    public static Work operator *(Work work, long times) => new(work.Flops * times, work.Bytes * times);
}
