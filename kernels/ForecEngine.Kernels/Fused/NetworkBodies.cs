// The parts of the fused step other than matrix products, one row at a time. Each does the arithmetic of the tape's operations in the
// tape's order. The tape adds to adjoints that start at 0, which turns -0 into 0; these bodies do the same.

namespace ForecEngine.Kernels.Fused;

/// <summary>y[row] = left[leftIds[row]] x right[rightIds[row]].</summary>
internal readonly unsafe struct Multiply(Real* left, int* leftIds, Real* right, int* rightIds, int columns, Real* y, nint stride) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        TLane a = TLane.Load(left + ((nint)leftIds[row] * columns) + column);
        TLane b = TLane.Load(right + ((nint)rightIds[row] * columns) + column);
        TLane.Store(Product.Forward(a, b), y + (row * stride) + column);
    }
}

/// <summary>The adjoint of a factor: dx[row] = other[ids[row]] x dy[row].</summary>
internal readonly unsafe struct MultiplyAdjoint(Real* other, int* ids, int columns, Real* dy, nint stride, Real* dx) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        TLane zero = TLane.Broadcast(0);
        TLane b = TLane.Load(other + ((nint)ids[row] * columns) + column);
        TLane d = zero + TLane.Load(dy + (row * stride) + column);
        TLane.Store(zero + Product.BackwardLeft(b, b, d), dx + ((nint)row * columns) + column);
    }
}

/// <summary>Some columns of an adjoint: dx[row] = dy[row], from rows <paramref name="stride"/> apart.</summary>
internal readonly unsafe struct TakeColumns(Real* dy, nint stride, Real* dx, int columns) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Broadcast(0) + TLane.Load(dy + (row * stride) + column), dx + ((nint)row * columns) + column);
}

/// <summary>The adjoint of the tower's last ReLU: dx[row] = dy[row] where y[row] is positive; rows of y and dy are strided.</summary>
internal readonly unsafe struct TopAdjoint(Real* y, Real* dy, nint stride, Real* dx, int columns) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        nint at = (row * stride) + column;
        TLane zero = TLane.Broadcast(0);
        TLane.Store(zero + Relu.Backward(TLane.Load(y + at), zero + TLane.Load(dy + at)), dx + ((nint)row * columns) + column);
    }
}

/// <summary>The loss of each logit and the logit's adjoint; <paramref name="share"/> is a loss's weight in the mean.</summary>
internal readonly unsafe struct LossAndAdjoint(Real* logits, Real* labels, Real share, Real* losses, Real* dlogits) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane>
    {
        TLane logit = TLane.Load(logits + i), label = TLane.Load(labels + i);
        TLane.Store(BinaryCrossEntropy.Forward(logit, label), losses + i);
        TLane.Store(TLane.Broadcast(0) + BinaryCrossEntropy.BackwardLeft(logit, label, TLane.Broadcast(share)), dlogits + i);
    }
}

/// <summary>gradient[i] += the blocks' sums, in ascending order.</summary>
internal readonly unsafe struct AddBlocks(Real* gradient, Real* sums, nint stride, int blocks) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int i)
        where TLane : struct, IHostLane<TLane>
    {
        TLane total = TLane.Load(gradient + i);
        Real* sum = sums + i;
        for (int block = 0; block < blocks; block++, sum += stride)
            total += TLane.Load(sum);
        TLane.Store(total, gradient + i);
    }
}
