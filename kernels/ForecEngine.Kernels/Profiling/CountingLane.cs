// A lane that counts operations instead of computing. Running an operation's body over it once gives the cost of an element, also for a
// user's own operation, so counts cannot differ from the code.

namespace ForecEngine.Kernels.Profiling;

/// <summary>A lane that counts arithmetic. Selections, negations and powers of two count as 0.</summary>
internal readonly struct CountingLane : ILane<CountingLane>
{
    [ThreadStatic]
    private static long t_flops;

    [ThreadStatic]
    private static long t_bytes;

    public static int Width => 1;

    /// <summary>The cost of one run of a body.</summary>
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

/// <summary>Memory without contents that counts its loads and stores.</summary>
internal readonly struct CountingMemory : IMemory<CountingLane>
{
    public CountingLane Load(int index)
    {
        CountingLane.Traffic();
        return default;
    }

    public void Store(int index, CountingLane value) => CountingLane.Traffic();
}
