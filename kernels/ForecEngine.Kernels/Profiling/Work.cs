// What an operation costs by its shapes alone: arithmetic and memory traffic, whatever the device does with them.

namespace ForecEngine.Kernels.Profiling;

/// <summary>An amount of arithmetic and of memory traffic.</summary>
/// <param name="Flops">Additions, subtractions, multiplications, divisions and square roots; a multiply-add is two.</param>
/// <param name="Bytes">Bytes read plus bytes written, every operand counted once a call, as if nothing were cached.</param>
public readonly record struct Work(long Flops, long Bytes)
{
    /// <summary>Both together.</summary>
    public static Work operator +(Work left, Work right) => new(left.Flops + right.Flops, left.Bytes + right.Bytes);

    /// <summary>The same work a number of times.</summary>
    public static Work operator *(Work work, long times) => new(work.Flops * times, work.Bytes * times);
}
