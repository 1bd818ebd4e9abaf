// One number as a lane: the lane of the scalar device.

namespace ForecEngine.Kernels;

/// <summary>A lane of one number.</summary>
/// <param name="Value">The number.</param>
internal readonly record struct ScalarLane(Real Value) : IHostLane<ScalarLane>
{
    public static int Width => 1;

    public static ScalarLane Broadcast(Real value) => new(value);
    public static ScalarLane operator +(ScalarLane left, ScalarLane right) => new(left.Value + right.Value);
    public static ScalarLane operator -(ScalarLane left, ScalarLane right) => new(left.Value - right.Value);
    public static ScalarLane operator *(ScalarLane left, ScalarLane right) => new(left.Value * right.Value);
    public static ScalarLane operator /(ScalarLane left, ScalarLane right) => new(left.Value / right.Value);
    public static ScalarLane operator -(ScalarLane value) => new(-value.Value);

    public static ScalarLane MultiplyAdd(ScalarLane a, ScalarLane b, ScalarLane c) =>
        new(Real.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    public static ScalarLane Sqrt(ScalarLane value) => new(Real.Sqrt(value.Value));

    public static ScalarLane WhereGreater(ScalarLane left, ScalarLane right, ScalarLane whenTrue, ScalarLane whenFalse) =>
        left.Value > right.Value ? whenTrue : whenFalse;

    public static ScalarLane PowerOfTwo(ScalarLane n) =>
#if REAL64
        new(BitConverter.Int64BitsToDouble(((long)n.Value + 1023) << 52));
#else
        new(BitConverter.Int32BitsToSingle(((int)n.Value + 127) << 23));
#endif

    public static unsafe ScalarLane Load(Real* source) => new(*source);

    public static unsafe ScalarLane MultiplyAddOne(Real* a, ScalarLane b, ScalarLane c) =>
        new(Real.FusedMultiplyAdd(*a, b.Value, c.Value));

    public static unsafe ScalarLane LoadColumn(Real* source, nint stride) => new(*source);

    public static unsafe void LoadColumns(
        Real* source, nint stride, out ScalarLane c0, out ScalarLane c1, out ScalarLane c2, out ScalarLane c3) =>
        (c0, c1, c2, c3) = (new(source[0]), new(source[1]), new(source[2]), new(source[3]));

    public static bool AnyAtLeast(ScalarLane left, ScalarLane right) => left.Value >= right.Value;

    public static bool AreFinite(ScalarLane value) => Real.IsFinite(value.Value);

    public static unsafe void Store(ScalarLane value, Real* destination) => *destination = value.Value;
}
