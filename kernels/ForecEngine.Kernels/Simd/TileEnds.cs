// What becomes of the sums of a matrix tile before they are stored at C. An elementwise operation that follows a product is done while the
// sums are in registers. It is the arithmetic of the separate operation, so the bits are the same as those of separate passes.

namespace ForecEngine.Kernels.Simd;

/// <summary>The end of a chain of multiply-adds.</summary>
internal unsafe interface ITileEnd
{
    /// <summary>Whether the columns of C are summed, each in a chain over the rows in ascending order.</summary>
    static virtual bool SumsColumns => false;

    /// <summary>What is stored at <paramref name="c"/>; the rectifier's outputs are <paramref name="sides"/> elements after c.</summary>
    static abstract TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>;
}

/// <summary>The sum itself.</summary>
internal readonly unsafe struct PlainSum : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane> =>
        sum;
}

/// <summary>The sum added to C: a block of samples in a weight's gradient.</summary>
internal readonly unsafe struct AddedSum : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(c) + sum;
}

/// <summary>The rectified sum: a layer of a tower.</summary>
internal readonly unsafe struct RectifiedSum : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane> =>
        Relu.Forward(sum);
}

/// <summary>
/// The sum through a rectifier's adjoint, and the sums of the columns: the adjoint of the rectifier's input, and the gradient of the bias
/// below. The rectifier's output is positive exactly where its input was. The sum is added to 0, as every adjoint is: -0 becomes 0.
/// </summary>
internal readonly unsafe struct RectifierAdjoint : ITileEnd
{
    public static bool SumsColumns => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        // Relu.Backward, with one zero for all: 16 vectors of it stay within the limit of local variables (TileSums.cs).
        TLane zero = TLane.Broadcast(0);
        return zero + TLane.WhereGreater(TLane.Load(c + sides), zero, sum, zero);
    }
}
