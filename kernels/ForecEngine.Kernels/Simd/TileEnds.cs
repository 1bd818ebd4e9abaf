// The last steps of a matrix tile, before its sums are stored at C. An elementwise operation that follows the product is fused here, while
// the sums are in registers. It does the same arithmetic as the separate operation, so the bits are the same.

namespace ForecEngine.Kernels.Simd;

/// <summary>The last step of a tile's sums.</summary>
internal unsafe interface ITileEnd
{
    /// <summary>Whether to sum the columns of C too, each over the rows in ascending order.</summary>
    static virtual bool SumsColumns => false;

    /// <summary>Returns the value to store at c; the ReLU's outputs are <paramref name="sides"/> elements after c.</summary>
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

/// <summary>Adds the sum to C: one block of samples of a weight's gradient.</summary>
internal readonly unsafe struct AddedSum : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Load(c) + sum;
}

/// <summary>The ReLU of the sum: a layer of a tower.</summary>
internal readonly unsafe struct RectifiedSum : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane> =>
        Relu.Forward(sum);
}

/// <summary>
/// The sum times the ReLU's derivative, and the column sums: the adjoint of the ReLU's input, and the gradient of the bias below. The
/// ReLU's output is positive exactly where its input was. The sum is added to 0, as every adjoint is: -0 becomes 0.
/// </summary>
internal readonly unsafe struct RectifierAdjoint : ITileEnd
{
    public static bool SumsColumns => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Finish<TLane>(TLane sum, Real* c, nint sides)
        where TLane : struct, IHostLane<TLane>
    {
        // As Relu.Backward, but with one shared zero, so that 16 vectors stay within the limit of local variables (TileSums.cs).
        TLane zero = TLane.Broadcast(0);
        return zero + TLane.WhereGreater(TLane.Load(c + sides), zero, sum, zero);
    }
}
