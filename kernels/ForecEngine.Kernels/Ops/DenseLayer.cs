// A dense layer, y = x W' + b, with W [out, in] as PyTorch stores it: the contract of the matrix products. Every
// element is one chain of multiply-adds in a fixed order, so how a device tiles the loops cannot change a bit:
//   y[r, o]   = b[o],      then + x[r, i] W[o, i]   for i = 0, 1, ...
//   dx[r, i] += dy[r, o] W[o, i]                    for o = 0, 1, ...
//   dW[o, i] += dy[r, o] x[r, i]                    for r = 0, 1, ...
//   db[o]    += dy[r, o]                            for r = 0, 1, ...
// These bodies are the specification, an element at a time; vector devices tile the same chains (Simd/DenseTiles).

namespace ForecEngine.Kernels.Ops;

/// <summary>The bodies of a dense layer, one element of the result at a time.</summary>
public static class DenseLayer
{
    /// <summary>y[row, column], overwritten. An empty <paramref name="bias"/> is told by <paramref name="hasBias"/>.</summary>
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
        TLane sum = dweight.Load((output * inputs) + input);
        for (int r = 0; r < rows; r++)
            sum = TLane.MultiplyAdd(dy.Load((r * outputs) + output), x.Load((r * inputs) + input), sum);
        dweight.Store((output * inputs) + input, sum);
    }

    /// <summary>db[output], added to.</summary>
    public static void BackwardBias<TLane, TMemory>(TMemory dy, TMemory dbias, int rows, int outputs, int output)
        where TLane : struct, ILane<TLane>
        where TMemory : struct, IMemory<TLane>
    {
        TLane sum = dbias.Load(output);
        for (int r = 0; r < rows; r++)
            sum += dy.Load((r * outputs) + output);
        dbias.Store(output, sum);
    }
}
