// 256 bits as a lane: 8 floats, or 4 doubles in the REAL64 build.

using System.Runtime.Intrinsics;

namespace ForecEngine.Kernels;

/// <summary>A lane of one 256-bit vector.</summary>
/// <param name="value">The vector.</param>
internal readonly struct Lane256(Vector256<Real> value) : IHostLane<Lane256>
{
    /// <summary>The vector. A field and not a property: inlining a property at each use would lengthen JIT compilation.</summary>
    public readonly Vector256<Real> Value = value;

    public static int Width => Vector256<Real>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Broadcast(Real value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator +(Lane256 left, Lane256 right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator -(Lane256 left, Lane256 right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator *(Lane256 left, Lane256 right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator /(Lane256 left, Lane256 right) => new(left.Value / right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator -(Lane256 value) => new(-value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 MultiplyAdd(Lane256 a, Lane256 b, Lane256 c) =>
        new(Vector256.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Sqrt(Lane256 value) => new(Vector256.Sqrt(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 WhereGreater(Lane256 left, Lane256 right, Lane256 whenTrue, Lane256 whenFalse) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(left.Value, right.Value), whenTrue.Value, whenFalse.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 PowerOfTwo(Lane256 n) =>
#if REAL64
        new(Vector256.ShiftLeft(Vector256.ConvertToInt64Native(n.Value) + Vector256.Create(1023L), 52).AsDouble());
#else
        new(Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n.Value) + Vector256.Create(127), 23).AsSingle());
#endif

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane256 Load(Real* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane256 MultiplyAddOne(Real* a, Lane256 b, Lane256 c) =>
        new(Vector256.FusedMultiplyAdd(b.Value, Vector256.Create(*a), c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane256 LoadColumn(Real* source, nint stride) => new(Vector256.Create(
        Lane128.LoadColumn(source, stride).Value,
        Lane128.LoadColumn(source + (Lane128.Width * stride), stride).Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadColumns(Real* source, nint stride, out Lane256 c0, out Lane256 c1, out Lane256 c2, out Lane256 c3)
    {
        Lane128.LoadColumns(source, stride, out Lane128 a0, out Lane128 a1, out Lane128 a2, out Lane128 a3);
        Lane128.LoadColumns(source + (Lane128.Width * stride), stride, out Lane128 b0, out Lane128 b1, out Lane128 b2, out Lane128 b3);
        c0 = new(Vector256.Create(a0.Value, b0.Value));
        c1 = new(Vector256.Create(a1.Value, b1.Value));
        c2 = new(Vector256.Create(a2.Value, b2.Value));
        c3 = new(Vector256.Create(a3.Value, b3.Value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtLeast(Lane256 left, Lane256 right) => Vector256.GreaterThanOrEqualAny(left.Value, right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreFinite(Lane256 value) => Vector256.EqualsAll(value.Value - value.Value, Vector256<Real>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lane256 value, Real* destination) => value.Value.Store(destination);
}
