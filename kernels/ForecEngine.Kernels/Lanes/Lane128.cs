// 128 bits as a lane: 4 floats, or 2 doubles in the REAL64 build.

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ForecEngine.Kernels;

/// <summary>A lane of one 128-bit vector.</summary>
/// <param name="value">The vector.</param>
internal readonly struct Lane128(Vector128<Real> value) : IHostLane<Lane128>
{
    /// <summary>The vector. A field and not a property: inlining a property at each use would lengthen JIT compilation.</summary>
    public readonly Vector128<Real> Value = value;

    public static int Width => Vector128<Real>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Broadcast(Real value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator +(Lane128 left, Lane128 right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator -(Lane128 left, Lane128 right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator *(Lane128 left, Lane128 right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator /(Lane128 left, Lane128 right) => new(left.Value / right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator -(Lane128 value) => new(-value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 MultiplyAdd(Lane128 a, Lane128 b, Lane128 c) =>
        new(Vector128.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Sqrt(Lane128 value) => new(Vector128.Sqrt(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 WhereGreater(Lane128 left, Lane128 right, Lane128 whenTrue, Lane128 whenFalse) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(left.Value, right.Value), whenTrue.Value, whenFalse.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 PowerOfTwo(Lane128 n) =>
#if REAL64
        new(Vector128.ShiftLeft(Vector128.ConvertToInt64Native(n.Value) + Vector128.Create(1023L), 52).AsDouble());
#else
        new(Vector128.ShiftLeft(Vector128.ConvertToInt32Native(n.Value) + Vector128.Create(127), 23).AsSingle());
#endif

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane128 Load(Real* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane128 MultiplyAddOne(Real* a, Lane128 b, Lane128 c) =>
        new(Vector128.FusedMultiplyAdd(b.Value, Vector128.Create(*a), c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane128 LoadColumn(Real* source, nint stride) =>
#if REAL64
        new(Vector128.Create(source[0], source[stride]));
#else
        new(Vector128.Create(source[0], source[stride], source[2 * stride], source[3 * stride]));
#endif

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void LoadColumns(Real* source, nint stride, out Lane128 c0, out Lane128 c1, out Lane128 c2, out Lane128 c3)
    {
#if !REAL64
        if (Sse.IsSupported)
        {
            Vector128<float> r0 = Vector128.Load(source), r1 = Vector128.Load(source + stride);
            Vector128<float> r2 = Vector128.Load(source + (2 * stride)), r3 = Vector128.Load(source + (3 * stride));
            Vector128<float> left01 = Sse.UnpackLow(r0, r1), left23 = Sse.UnpackLow(r2, r3);
            Vector128<float> right01 = Sse.UnpackHigh(r0, r1), right23 = Sse.UnpackHigh(r2, r3);
            c0 = new(Sse.MoveLowToHigh(left01, left23));
            c1 = new(Sse.MoveHighToLow(left23, left01));
            c2 = new(Sse.MoveLowToHigh(right01, right23));
            c3 = new(Sse.MoveHighToLow(right23, right01));
            return;
        }
#endif
        c0 = LoadColumn(source, stride);
        c1 = LoadColumn(source + 1, stride);
        c2 = LoadColumn(source + 2, stride);
        c3 = LoadColumn(source + 3, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyAtLeast(Lane128 left, Lane128 right) => Vector128.GreaterThanOrEqualAny(left.Value, right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreFinite(Lane128 value) => Vector128.EqualsAll(value.Value - value.Value, Vector128<Real>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lane128 value, Real* destination) => value.Value.Store(destination);
}
