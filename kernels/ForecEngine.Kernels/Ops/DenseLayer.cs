// A dense layer, y = x W' + b, with W [out, in] as in PyTorch: the specification of the matrix products. Every element is one chain of
// multiply-adds in a fixed order, so a device's tiling of the loops cannot change a bit:
//   y[r, o]   = b[o],      then + x[r, i] W[o, i]   for i = 0, 1, ...
//   dx[r, i] += dy[r, o] W[o, i]                    for o = 0, 1, ...
// Sums over samples are cut into blocks of 128 rows, the last one possibly shorter: each block is one chain from 0, and the blocks' sums
// are added in ascending order. So different threads can sum different blocks to the same bits:
//   dW[o, i] += sum over the rows r of a block of dy[r, o] x[r, i]     for block 0, 1, ...
//   db[o]    += sum over the rows r of a block of dy[r, o]             for block 0, 1, ...
// These bodies compute one element at a time; vector devices tile the same chains (Simd/MatrixTile).

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of a dense layer, one element of the result at a time.</summary>
public static class DenseLayer
{
    /// <summary>The number of samples in one chain of a parameter's gradient.</summary>
    public const int BlockRows = 128;

    /// <summary>y[row, column], overwritten. If not <paramref name="hasBias"/>, the bias is 0.</summary>
    public static void Forward<TLane, TMemory>(
        TMemory x, TMemory weight, TMemory bias, bool hasBias, TMemory y, int inputs, int outputs, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane sum = hasBias ? bias.Load(column) : TLane.Broadcast(0);
        for (int i = 0; i < inputs; i++)
            sum = TLane.MultiplyAdd(x.Load((row * inputs) + i), weight.Load((column * inputs) + i), sum);
        y.Store((row * outputs) + column, sum);
    }

    /// <summary>dx[row, column], added to.</summary>
    public static void BackwardInput<TLane, TMemory>(
        TMemory weight, TMemory dy, TMemory dx, int inputs, int outputs, int row, int column)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane sum = dx.Load((row * inputs) + column);
        for (int o = 0; o < outputs; o++)
            sum = TLane.MultiplyAdd(dy.Load((row * outputs) + o), weight.Load((o * inputs) + column), sum);
        dx.Store((row * inputs) + column, sum);
    }

    /// <summary>dW[output, input], added to.</summary>
    public static void BackwardWeight<TLane, TMemory>(
        TMemory x, TMemory dy, TMemory dweight, int rows, int inputs, int outputs, int output, int input)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane total = dweight.Load((output * inputs) + input);
        for (int start = 0; start < rows; start += BlockRows)
        {
            TLane sum = TLane.Broadcast(0);
            int end = Math.Min(rows, start + BlockRows);
            for (int r = start; r < end; r++)
                sum = TLane.MultiplyAdd(dy.Load((r * outputs) + output), x.Load((r * inputs) + input), sum);
            total += sum;
        }

        dweight.Store((output * inputs) + input, total);
    }

    /// <summary>db[output], added to.</summary>
    public static void BackwardBias<TLane, TMemory>(TMemory dy, TMemory dbias, int rows, int outputs, int output)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane total = dbias.Load(output);
        for (int start = 0; start < rows; start += BlockRows)
        {
            TLane sum = TLane.Broadcast(0);
            int end = Math.Min(rows, start + BlockRows);
            for (int r = start; r < end; r++)
                sum += dy.Load((r * outputs) + output);
            total += sum;
        }

        dbias.Store(output, total);
    }
}
