// What of a block of samples is no matrix product: rows gathered, multiplied and handed their adjoints, a row at a time. Each
// is the arithmetic of the tape's operations in the tape's order, with its additions to an adjoint of 0, which turn -0 to 0.

using System.Runtime.CompilerServices;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Simd;

namespace ForecEngine.Kernels.Fused;

/// <summary>y[row] = table[ids[row]], rows of y <paramref name="stride"/> apart.</summary>
internal readonly unsafe struct LookUp(Real* table, int* ids, int columns, Real* y, nint stride) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Load(table + ((nint)ids[row] * columns) + column), y + (row * stride) + column);
}

/// <summary>y[row] = user[users[row]] x item[items[row]].</summary>
internal readonly unsafe struct Multiply(Real* user, int* users, Real* item, int* items, int columns, Real* y, nint stride) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane>
    {
        TLane a = TLane.Load(user + ((nint)users[row] * columns) + column);
        TLane b = TLane.Load(item + ((nint)items[row] * columns) + column);
        TLane.Store(Product.Forward(a, b), y + (row * stride) + column);
    }
}

/// <summary>The adjoint of a factor: dx[row] = other[ids[row]] x dy[row].</summary>
internal readonly unsafe struct MultiplyAdjoint(Real* other, int* ids, int columns, Real* dy, nint stride, Real* dx) : IRowBody
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
internal readonly unsafe struct TakeColumns(Real* dy, nint stride, Real* dx, int columns) : IRowBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int row, int column)
        where TLane : struct, IHostLane<TLane> =>
        TLane.Store(TLane.Broadcast(0) + TLane.Load(dy + (row * stride) + column), dx + ((nint)row * columns) + column);
}

/// <summary>Through the rectifier at the tower's top: dx[row] = dy[row] where y[row] is positive, rows of y and dy <paramref name="stride"/> apart.</summary>
internal readonly unsafe struct TopAdjoint(Real* y, Real* dy, nint stride, Real* dx, int columns) : IRowBody
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

/// <summary>The loss of each logit, and the logit's adjoint: that of the mean loss is <paramref name="share"/> for each.</summary>
internal readonly unsafe struct LossAndAdjoint(Real* logits, Real* labels, Real share, Real* losses, Real* dlogits) : ISweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<TLane>(int i)
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
    public void At<TLane>(int i)
        where TLane : struct, IHostLane<TLane>
    {
        TLane total = TLane.Load(gradient + i);
        Real* sum = sums + i;
        for (int block = 0; block < blocks; block++, sum += stride)
            total += TLane.Load(sum);
        TLane.Store(total, gradient + i);
    }
}

/// <summary>sums[i] = the sum of y[row, i] for row 0, 1, ..., from 0; four vectors at a time, to overlap their latencies.</summary>
internal readonly unsafe struct ColumnSums(Real* y, nint stride, int rows, Real* sums)
{
    public void Run(int columns, int bits)
    {
        int column = 0;
        if (bits >= 512)
            column = With<Lane512>(column, columns);
        if (bits >= 256)
            column = With<Lane256>(column, columns);
        column = With<Lane128>(column, columns);
        With<ScalarLane>(column, columns);
    }

    private int With<TLane>(int column, int columns)
        where TLane : struct, IHostLane<TLane>
    {
        int w = TLane.Width;
        for (; column <= columns - (4 * w); column += 4 * w)
        {
            Real* from = y + column;
            TLane s0 = TLane.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (int row = rows; row > 0; row--, from += stride)
            {
                s0 += TLane.Load(from);
                s1 += TLane.Load(from + w);
                s2 += TLane.Load(from + (2 * w));
                s3 += TLane.Load(from + (3 * w));
            }

            TLane.Store(s0, sums + column);
            TLane.Store(s1, sums + column + w);
            TLane.Store(s2, sums + column + (2 * w));
            TLane.Store(s3, sums + column + (3 * w));
        }

        for (; column <= columns - w; column += w)
        {
            Real* from = y + column;
            TLane sum = TLane.Broadcast(0);
            for (int row = rows; row > 0; row--, from += stride)
                sum += TLane.Load(from);
            TLane.Store(sum, sums + column);
        }

        return column;
    }
}
