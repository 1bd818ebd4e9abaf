// What runs operations. The scalar device is the specification; the others are held to it by properties over random
// shapes. Every result has one owner and one order of summation, so it does not depend on the number of threads.

using ForecEngine.Kernels.Fused;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Kernels;

/// <summary>
/// A device: it owns memory and runs operations on it. Results named y and gradient are overwritten; adjoints named
/// d... are added to. An empty adjoint is not wanted and is left out. One thread at a time may call a device.
/// </summary>
/// <remarks>Every method throws <see cref="ArgumentException"/> where shapes do not fit, naming them.</remarks>
public interface IDevice : IDisposable
{
    /// <summary>What it is, as results record it: <c>scalar</c>, <c>cpu:avx512</c>.</summary>
    string Name { get; }

    /// <summary>How many threads it uses. No result depends on it.</summary>
    int Threads { get; }

    /// <summary>The fused step, where the device has it.</summary>
    INetworkKernel? Networks { get; }

    /// <summary>Allocates zeros.</summary>
    Storage<T> Allocate<T>(int length)
        where T : unmanaged;

    /// <summary>x[i] = value.</summary>
    void Fill(Slice<Real> x, Real value);

    /// <summary>y = f(x), elementwise.</summary>
    void Unary<TOp>(Slice<Real> x, Slice<Real> y)
        where TOp : unmanaged, IUnaryOp;

    /// <summary>dx += f'(x) dy, elementwise.</summary>
    void UnaryBackward<TOp>(Slice<Real> x, Slice<Real> dy, Slice<Real> dx)
        where TOp : unmanaged, IUnaryOp;

    /// <summary>y = f(a, b), elementwise.</summary>
    void Binary<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> y)
        where TOp : unmanaged, IBinaryOp;

    /// <summary>da += (df/da) dy and db += (df/db) dy, elementwise.</summary>
    void BinaryBackward<TOp>(Slice<Real> a, Slice<Real> b, Slice<Real> dy, Slice<Real> da, Slice<Real> db)
        where TOp : unmanaged, IBinaryOp;

    /// <summary>y[r] = table[rows[r]], row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    void Gather(Matrix table, Slice<int> rows, Matrix y);

    /// <summary>Groups positions by the row that each names, for <see cref="SumRows"/>; several share nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative; all groups stay as they were.</exception>
    void GroupRows(params ReadOnlySpan<RowGrouping> groupings);

    /// <summary>gradient[g] = the sum of dy's rows at the positions of group g, in ascending order; of each of some, that share no gradient.</summary>
    void SumRows(params ReadOnlySpan<RowSum> sums);

    /// <summary>y = x weight' + bias, with weight [out, in]; an empty bias is left out. See <see cref="DenseLayer"/>.</summary>
    void Dense(Matrix x, Matrix weight, Slice<Real> bias, Matrix y);

    /// <summary>The adjoints of <see cref="Dense"/>, each left out where it is empty.</summary>
    void DenseBackward(Matrix x, Matrix weight, Matrix dy, Matrix dx, Matrix dweight, Slice<Real> dbias);

    /// <summary>y = [a, b], row by row.</summary>
    void Concatenate(Matrix a, Matrix b, Matrix y);

    /// <summary>da += the left columns of dy, db += the right ones. One that is not wanted still says its number of columns.</summary>
    void ConcatenateBackward(Matrix dy, Matrix da, Matrix db);

    /// <summary>y[0] = the mean of x by the canonical sum of <see cref="Reduce"/>, or 0 where x is empty.</summary>
    void Mean(Slice<Real> x, Slice<Real> y);

    /// <summary>dx += dy[0] / n, elementwise.</summary>
    void MeanBackward(Slice<Real> dy, Slice<Real> dx);

    /// <summary>
    /// Moves parameters by their gradients, each by its rule: every element, or the rows of the gradient only. They share no memory.
    /// A gradient as large as its parameter is 0 afterwards, ready to be added to; rows of one stay as they are.
    /// </summary>
    void Update<TRule>(params ReadOnlySpan<ParameterUpdate<TRule>> parameters)
        where TRule : unmanaged, IUpdateRule;
}
