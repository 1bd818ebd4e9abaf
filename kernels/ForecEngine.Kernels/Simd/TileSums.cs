// The sums of a tile of a matrix product, in registers. A row of a tile is one or two vectors. A Pair is two equal parts, one above the
// other, so eight rows are a pair of pairs of pairs. The compiler keeps each vector of these structs in a register if a method has at most
// 512 local variables, including those of inlined calls. 16 vectors stay below this limit.

namespace ForecEngine.Kernels.Simd;

/// <summary>Sums of whole rows of a tile.</summary>
/// <typeparam name="TRow">One row of it.</typeparam>
internal unsafe interface ITileSums<TRow>
    where TRow : struct, ITileRow<TRow>
{
    /// <summary>The number of rows.</summary>
    static abstract int Rows { get; }

    /// <summary>Sets the sums to 0.</summary>
    void Clear();

    /// <summary>Sets the sums to the numbers at c0, whose rows are <paramref name="stride"/> apart.</summary>
    void Begin(Real* c0, nint stride);

    /// <summary>Adds, in each row, the row's number at <paramref name="a"/> times <paramref name="b"/>.</summary>
    void MultiplyAdd(Real* a, nint stride, TRow b);

    /// <summary>Finishes the sums and stores them at c. The ReLU's outputs are <paramref name="sides"/> elements after c.</summary>
    void Finish<TEnd>(Real* c, nint stride, nint sides)
        where TEnd : struct, ITileEnd;

    /// <summary>Adds the rows to <paramref name="totals"/>, from the top down.</summary>
    void AddTo(ref TRow totals);
}

/// <summary>One row of a tile.</summary>
/// <typeparam name="TSelf">The row itself.</typeparam>
internal unsafe interface ITileRow<TSelf> : ITileSums<TSelf>
    where TSelf : struct, ITileRow<TSelf>
{
    /// <summary>The number of columns.</summary>
    static abstract int Width { get; }

    /// <summary>Reads a row, which need not be aligned.</summary>
    static abstract TSelf Load(Real* source);

    /// <summary>Writes the row to <paramref name="destination"/>, which need not be aligned.</summary>
    void Store(Real* destination);
}

/// <summary>A row of one vector.</summary>
internal unsafe struct OneVector<TLane> : ITileRow<OneVector<TLane>>
    where TLane : struct, IHostLane<TLane>
{
    private TLane _sum;

    public static int Width => TLane.Width;

    public static int Rows => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneVector<TLane> Load(Real* source) => new() { _sum = TLane.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Real* destination) => TLane.Store(_sum, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clear() => _sum = TLane.Broadcast(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(Real* c0, nint stride) => _sum = TLane.Load(c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(Real* a, nint stride, OneVector<TLane> b) => _sum = TLane.MultiplyAddOne(a, b._sum, _sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish<TEnd>(Real* c, nint stride, nint sides)
        where TEnd : struct, ITileEnd =>
        TLane.Store(_sum = TEnd.Finish(_sum, c, sides), c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddTo(ref OneVector<TLane> totals) => totals._sum += _sum;
}

/// <summary>A row of two vectors. A number of A is broadcast once for both.</summary>
internal unsafe struct TwoVectors<TLane> : ITileRow<TwoVectors<TLane>>
    where TLane : struct, IHostLane<TLane>
{
    private TLane _left;
    private TLane _right;

    public static int Width => 2 * TLane.Width;

    public static int Rows => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwoVectors<TLane> Load(Real* source) => new() { _left = TLane.Load(source), _right = TLane.Load(source + TLane.Width) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Real* destination)
    {
        TLane.Store(_left, destination);
        TLane.Store(_right, destination + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clear() => _left = _right = TLane.Broadcast(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(Real* c0, nint stride)
    {
        _left = TLane.Load(c0);
        _right = TLane.Load(c0 + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(Real* a, nint stride, TwoVectors<TLane> b)
    {
        TLane value = TLane.Broadcast(*a);
        _left = TLane.MultiplyAdd(value, b._left, _left);
        _right = TLane.MultiplyAdd(value, b._right, _right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish<TEnd>(Real* c, nint stride, nint sides)
        where TEnd : struct, ITileEnd
    {
        TLane.Store(_left = TEnd.Finish(_left, c, sides), c);
        TLane.Store(_right = TEnd.Finish(_right, c + TLane.Width, sides), c + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void AddTo(ref TwoVectors<TLane> totals)
    {
        totals._left += _left;
        totals._right += _right;
    }
}

/// <summary>Two equal parts, one above the other.</summary>
/// <param name="upper">The upper part, which changes.</param>
/// <param name="lower">The lower part, which changes.</param>
internal unsafe struct RowPair<TPart, TRow>(TPart upper, TPart lower) : ITileSums<TRow>
    where TPart : struct, ITileSums<TRow>
    where TRow : struct, ITileRow<TRow>
{
    public static int Rows => 2 * TPart.Rows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clear()
    {
        upper.Clear();
        lower.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(Real* c0, nint stride)
    {
        upper.Begin(c0, stride);
        lower.Begin(c0 + (TPart.Rows * stride), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(Real* a, nint stride, TRow b)
    {
        upper.MultiplyAdd(a, stride, b);
        lower.MultiplyAdd(a + (TPart.Rows * stride), stride, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish<TEnd>(Real* c, nint stride, nint sides)
        where TEnd : struct, ITileEnd
    {
        upper.Finish<TEnd>(c, stride, sides);
        lower.Finish<TEnd>(c + (TPart.Rows * stride), stride, sides);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTo(ref TRow totals)
    {
        upper.AddTo(ref totals);
        lower.AddTo(ref totals);
    }
}
