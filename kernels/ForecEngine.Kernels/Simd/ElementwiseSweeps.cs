// The elementwise bodies bound to host pointers, so that a sweep can run them. The device has checked that every
// pointer covers the swept range.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels.Simd;

internal readonly unsafe struct UnarySweep<TOp>(Real* x, Real* y) : ISweep
    where TOp : unmanaged, IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.Unary<TOp, TLane, HostMemory<TLane>>(new(x), new(y), i);
}

internal readonly unsafe struct UnaryBackwardSweep<TOp>(Real* x, Real* dy, Real* dx) : ISweep
    where TOp : unmanaged, IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.UnaryBackward<TOp, TLane, HostMemory<TLane>>(new(x), new(dy), new(dx), i);
}

internal readonly unsafe struct BinarySweep<TOp>(Real* a, Real* b, Real* y) : ISweep
    where TOp : unmanaged, IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.Binary<TOp, TLane, HostMemory<TLane>>(new(a), new(b), new(y), i);
}

internal readonly unsafe struct BinaryBackwardLeftSweep<TOp>(Real* a, Real* b, Real* dy, Real* da) : ISweep
    where TOp : unmanaged, IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.BinaryBackwardLeft<TOp, TLane, HostMemory<TLane>>(new(a), new(b), new(dy), new(da), i);
}

internal readonly unsafe struct BinaryBackwardRightSweep<TOp>(Real* a, Real* b, Real* dy, Real* db) : ISweep
    where TOp : unmanaged, IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.BinaryBackwardRight<TOp, TLane, HostMemory<TLane>>(new(a), new(b), new(dy), new(db), i);
}

/// <summary>An update of the elements [start, end), whose gradients begin at g.</summary>
internal readonly unsafe struct UpdateSweep<TRule>(TRule rule, Real* p, Real* m, Real* v, Real* g) : IRunSweep
    where TRule : unmanaged, IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Over<TLane>(int start, int end)
        where TLane : struct, IHostLane<TLane> =>
        rule.Apply<TLane, HostMemory<TLane>>(new(p), new(m), new(v), new(g), start, end - start);
}

/// <summary>A sweep cut into chunks of a fixed number of elements.</summary>
internal readonly struct SweepJob<TBody>(TBody body, int length, int bits) : IChunked
    where TBody : unmanaged, ISweep
{
    private const int ChunkElements = 1 << 14;

    /// <summary>How many chunks there are.</summary>
    public int Chunks => (int)(((long)length + ChunkElements - 1) / ChunkElements);

    /// <inheritdoc/>
    public void Run(int chunk, int worker)
    {
        int start = chunk * ChunkElements;
        Sweep.Over(body, start, (int)Math.Min(length, (long)start + ChunkElements), bits);
    }
}
