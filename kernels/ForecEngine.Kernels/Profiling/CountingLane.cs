// A lane that computes nothing and counts: run over it once, an operation's body says itself what an element costs. So
// the counts of an operation, a user's own included, cannot differ from what it does.

namespace ForecEngine.Kernels.Profiling;

/// <summary>A lane that counts arithmetic. Selections, negations and powers of two cost nothing.</summary>
internal readonly struct CountingLane : ILane<CountingLane>
{
    [ThreadStatic]
    private static long t_flops;

    [ThreadStatic]
    private static long t_bytes;

    public static int Width => 1;

    /// <summary>What one run of a body costs.</summary>
    public static Work Count(Action<CountingMemory> body)
    {
        (t_flops, t_bytes) = (0, 0);
        body(default);
        return new Work(t_flops, t_bytes);
    }

    public static CountingLane Broadcast(Real value) => default;
    public static CountingLane operator +(CountingLane left, CountingLane right) => Arithmetic(1);
    public static CountingLane operator -(CountingLane left, CountingLane right) => Arithmetic(1);
    public static CountingLane operator *(CountingLane left, CountingLane right) => Arithmetic(1);
    public static CountingLane operator /(CountingLane left, CountingLane right) => Arithmetic(1);
    public static CountingLane operator -(CountingLane value) => default;

    public static CountingLane MultiplyAdd(CountingLane a, CountingLane b, CountingLane c) => Arithmetic(2);

    public static CountingLane Sqrt(CountingLane value) => Arithmetic(1);

    public static CountingLane WhereGreater(CountingLane left, CountingLane right, CountingLane whenTrue, CountingLane whenFalse) =>
        default;

    public static CountingLane PowerOfTwo(CountingLane n) => default;

    /// <summary>Counts a load or a store of one number.</summary>
    internal static void Traffic() => t_bytes += sizeof(Real);

    private static CountingLane Arithmetic(int flops)
    {
        t_flops += flops;
        return default;
    }
}

/// <summary>Memory that holds nothing and counts its loads and stores.</summary>
internal readonly struct CountingMemory : IMemory<CountingLane>
{
    public CountingLane Load(int index)
    {
        CountingLane.Traffic();
        return default;
    }

    public void Store(int index, CountingLane value) => CountingLane.Traffic();
}
