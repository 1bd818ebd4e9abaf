// Two lanes as one. A processor has few places for instructions that wait for others' results: a body that is one long chain, as
// Adam's with its root and its quotient, keeps two multiply-adds a cycle busy only where the instructions of several chains stand
// beside each other. Over pairs of lanes they do, whatever the body; every number's arithmetic is the lane's own.

using System.Runtime.CompilerServices;

namespace ForecEngine.Kernels;

/// <summary>Two lanes, the numbers of the first before those of the second. Pairs of pairs are lanes too.</summary>
/// <remarks>Fields, not properties: each call of one would take of the compiler's budget for inlining, which a body over pairs of pairs all but uses up.</remarks>
internal readonly struct LanePair<TLane> : ILane<LanePair<TLane>>
    where TLane : struct, ILane<TLane>
{
    /// <summary>The first lane.</summary>
    public readonly TLane First;

    /// <summary>The second lane.</summary>
    public readonly TLane Second;

    /// <summary>A pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LanePair(TLane first, TLane second)
    {
        First = first;
        Second = second;
    }

    /// <inheritdoc/>
    public static int Width => 2 * TLane.Width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> Broadcast(Real value) => new(TLane.Broadcast(value), TLane.Broadcast(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> operator +(LanePair<TLane> left, LanePair<TLane> right) =>
        new(left.First + right.First, left.Second + right.Second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> operator -(LanePair<TLane> left, LanePair<TLane> right) =>
        new(left.First - right.First, left.Second - right.Second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> operator *(LanePair<TLane> left, LanePair<TLane> right) =>
        new(left.First * right.First, left.Second * right.Second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> operator /(LanePair<TLane> left, LanePair<TLane> right) =>
        new(left.First / right.First, left.Second / right.Second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> operator -(LanePair<TLane> value) => new(-value.First, -value.Second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> MultiplyAdd(LanePair<TLane> a, LanePair<TLane> b, LanePair<TLane> c) =>
        new(TLane.MultiplyAdd(a.First, b.First, c.First), TLane.MultiplyAdd(a.Second, b.Second, c.Second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> Sqrt(LanePair<TLane> value) => new(TLane.Sqrt(value.First), TLane.Sqrt(value.Second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> WhereGreater(LanePair<TLane> left, LanePair<TLane> right, LanePair<TLane> whenTrue, LanePair<TLane> whenFalse) => new(
        TLane.WhereGreater(left.First, right.First, whenTrue.First, whenFalse.First),
        TLane.WhereGreater(left.Second, right.Second, whenTrue.Second, whenFalse.Second));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<TLane> PowerOfTwo(LanePair<TLane> n) => new(TLane.PowerOfTwo(n.First), TLane.PowerOfTwo(n.Second));
}

/// <summary>The memory of lanes, in pairs.</summary>
/// <param name="memory">The lanes' memory.</param>
internal readonly struct PairMemory<TLane, TMemory>(TMemory memory) : IMemory<LanePair<TLane>>
    where TLane : struct, ILane<TLane>
    where TMemory : struct, IMemory<TLane>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LanePair<TLane> Load(int index) => new(memory.Load(index), memory.Load(index + TLane.Width));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int index, LanePair<TLane> value)
    {
        memory.Store(index, value.First);
        memory.Store(index + TLane.Width, value.Second);
    }
}
