// 512 bits as a lane: 16 floats, or 8 doubles in the REAL64 build.

using System.Runtime.Intrinsics;

namespace ForecEngine.Kernels;

/// <summary>A lane of one 512-bit vector.</summary>
/// <param name="value">The vector.</param>
internal readonly struct Lane512(Vector512<Real> value) : IHostLane<Lane512>
{
    /// <summary>The vector. A field and not a property: inlining a property at each use would lengthen JIT compilation.</summary>
    public readonly Vector512<Real> Value = value;

    public static int Width => Vector512<Real>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Broadcast(Real value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator +(Lane512 left, Lane512 right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator -(Lane512 left, Lane512 right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator *(Lane512 left, Lane512 right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator /(Lane512 left, Lane512 right) => new(left.Value / right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator -(Lane512 value) => new(-value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 MultiplyAdd(Lane512 a, Lane512 b, Lane512 c) =>
        new(Vector512.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Sqrt(Lane512 value) => new(Vector512.Sqrt(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 WhereGreater(Lane512 left, Lane512 right, Lane512 whenTrue, Lane512 whenFalse) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(left.Value, right.Value), whenTrue.Value, whenFalse.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 PowerOfTwo(Lane512 n) =>
#if REAL64
        new(Vector512.ShiftLeft(Vector512.ConvertToInt64Native(n.Value) + Vector512.Create(1023L), 52).AsDouble());
#else
        new(Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n.Value) + Vector512.Create(127), 23).AsSingle());
#endif

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane512 Load(Real* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane512 MultiplyAddOne(Real* a, Lane512 b, Lane512 c) =>
        new(Vector512.FusedMultiplyAdd(b.Value, Vector512.Create(*a), c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane512 LoadColumn(Real* source, nint stride) => new(Vector512.Create(
        Lane256.LoadColumn(source, stride).Value,
        Lane256.LoadColumn(source + (Lane256.Width * stride), stride).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadColumns(Real* source, nint stride, out Lane512 c0, out Lane512 c1, out Lane512 c2, out Lane512 c3)
    {
        Lane256.LoadColumns(source, stride, out Lane256 a0, out Lane256 a1, out Lane256 a2, out Lane256 a3);
        Lane256.LoadColumns(source + (Lane256.Width * stride), stride, out Lane256 b0, out Lane256 b1, out Lane256 b2, out Lane256 b3);
        c0 = new(Vector512.Create(a0.Value, b0.Value));
        c1 = new(Vector512.Create(a1.Value, b1.Value));
        c2 = new(Vector512.Create(a2.Value, b2.Value));
        c3 = new(Vector512.Create(a3.Value, b3.Value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtLeast(Lane512 left, Lane512 right) => Vector512.GreaterThanOrEqualAny(left.Value, right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreFinite(Lane512 value) => Vector512.EqualsAll(value.Value - value.Value, Vector512<Real>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lane512 value, Real* destination) => value.Value.Store(destination);
}
