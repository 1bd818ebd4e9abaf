// A lane is a number, or a vector of numbers, with arithmetic. An operation's body is written once, over lanes. A device chooses the type:
// one Real (scalar device, GPU thread), or a vector of them.
//
// All host lanes agree bit for bit, because each member is either exact (select, negate, scale by a power of two) or one correctly rounded
// IEEE operation per element. MultiplyAdd rounds once on the host. A GPU lane may round twice, so a GPU agrees only within a tolerance.

namespace ForecEngine.Kernels;

/// <summary>A number or a vector of numbers.</summary>
/// <typeparam name="TSelf">The lane type itself.</typeparam>
public interface ILane<TSelf>
    where TSelf : struct, ILane<TSelf>
{
    /// <summary>How many numbers a lane holds.</summary>
    static abstract int Width { get; }

    /// <summary>The same number in every element.</summary>
    static abstract TSelf Broadcast(Real value);

    /// <summary>The elementwise sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The elementwise difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The elementwise product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The elementwise quotient.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>The elementwise negation.</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary>a b + c, rounded once on the host.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The elementwise square root.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>
    /// <paramref name="whenTrue"/> where left &gt; right; <paramref name="whenFalse"/> elsewhere, also where either is NaN.
    /// </summary>
    static abstract TSelf WhereGreater(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);

    /// <summary>2^n for an integer n that is the exponent of a normal number.</summary>
    static abstract TSelf PowerOfTwo(TSelf n);
}

/// <summary>A lane that lives in host memory.</summary>
/// <typeparam name="TSelf">The lane type itself.</typeparam>
internal unsafe interface IHostLane<TSelf> : ILane<TSelf>
    where TSelf : struct, IHostLane<TSelf>
{
    /// <summary>Reads <see cref="ILane{TSelf}.Width"/> numbers from <paramref name="source"/>, which need not be aligned.</summary>
    static abstract TSelf Load(Real* source);

    /// <summary>
    /// *a b + c, with *a broadcast to every element. Unlike <see cref="ILane{TSelf}.MultiplyAdd"/>, it compiles to one instruction with a
    /// memory operand.
    /// </summary>
    static abstract TSelf MultiplyAddOne(Real* a, TSelf b, TSelf c);

    /// <summary>Reads <see cref="ILane{TSelf}.Width"/> numbers of a matrix's column: they are <paramref name="stride"/> apart.</summary>
    static abstract TSelf LoadColumn(Real* source, nint stride);

    /// <summary>Reads the same rows of four adjacent columns, in about the time of one.</summary>
    static abstract void LoadColumns(Real* source, nint stride, out TSelf c0, out TSelf c1, out TSelf c2, out TSelf c3);

    /// <summary>Whether any number of <paramref name="left"/> is at least that of <paramref name="right"/>.</summary>
    static abstract bool AnyAtLeast(TSelf left, TSelf right);

    /// <summary>Whether no number is NaN or infinite.</summary>
    static abstract bool AreFinite(TSelf value);

    /// <summary>Writes <see cref="ILane{TSelf}.Width"/> numbers to <paramref name="destination"/>, which need not be aligned.</summary>
    static abstract void Store(TSelf value, Real* destination);
}
