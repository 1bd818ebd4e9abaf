// Bodies of operations with host pointers, for sweeps (Sweep). An elementwise operation is a sweep over one row.

namespace ForecEngine.Kernels.Simd;

internal readonly unsafe struct UnarySweep<TOp>(Real* x, Real* y) : ISweep
    where TOp : unmanaged, IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.Unary<TOp, TLane, HostMemory<TLane>>(new(x), new(y), i);
}

internal readonly unsafe struct UnaryBackwardSweep<TOp>(Real* x, Real* dy, Real* dx) : ISweep
    where TOp : unmanaged, IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.UnaryBackward<TOp, TLane, HostMemory<TLane>>(new(x), new(dy), new(dx), i);
}

internal readonly unsafe struct BinarySweep<TOp>(Real* a, Real* b, Real* y) : ISweep
    where TOp : unmanaged, IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.Binary<TOp, TLane, HostMemory<TLane>>(new(a), new(b), new(y), i);
}

internal readonly unsafe struct BinaryBackwardLeftSweep<TOp>(Real* a, Real* b, Real* dy, Real* da) : ISweep
    where TOp : unmanaged, IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.BinaryBackwardLeft<TOp, TLane, HostMemory<TLane>>(new(a), new(b), new(dy), new(da), i);
}

internal readonly unsafe struct BinaryBackwardRightSweep<TOp>(Real* a, Real* b, Real* dy, Real* db) : ISweep
    where TOp : unmanaged, IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane> =>
        Elementwise.BinaryBackwardRight<TOp, TLane, HostMemory<TLane>>(new(a), new(b), new(dy), new(db), i);
}

/// <summary>
/// y[row] = x[rows[row]], or 0 if rows[row] is -1; without <paramref name="rows"/>, y[row] = x[row]. Rows are a stride apart.
/// </summary>
internal readonly unsafe struct CopyRows(Real* x, nint xStride, int* rows, Real* y, nint yStride) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        int from = rows is null ? row : rows[row];
        TLane.Store(from < 0 ? TLane.Broadcast(0) : TLane.Load(x + (from * xStride) + column), y + (row * yStride) + column);
    }
}

/// <summary>narrow[row] += the columns of wide[row] from <paramref name="start"/> on.</summary>
internal readonly unsafe struct AddColumns(Real* narrow, int columns, Real* wide, int wideColumns, int start) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        Concatenation.Backward<TLane, HostMemory<TLane>>(new(narrow), columns, new(wide), wideColumns, start, row, column);
}

/// <summary>An update of a parameter's elements.</summary>
internal readonly unsafe struct Update<TRule>(TRule rule, Real* p, Real* m, Real* v, Real* gradient) : ISweep
    where TRule : unmanaged, IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane> =>
        ParameterElements.Move<TRule, TLane, HostMemory<TLane>>(rule, new(p), new(m), new(v), TLane.Load(gradient + i), i);
}
