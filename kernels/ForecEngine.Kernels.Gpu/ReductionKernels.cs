// The kernels that sum or count over many elements. One group makes each result, and its threads add their shares in a fixed order, so that
// results do not differ from run to run.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the reductions.</summary>
internal static class ReductionKernels
{
    /// <summary>The number of threads of a group. A power of two.</summary>
    public const int Threads = 256;

    private const uint ExponentBits = 0x7F800000; // all set in an infinity and in a NaN alone

    /// <summary>Whether a number is neither NaN nor infinite.</summary>
    public static bool IsFinite(float x) => (Interop.FloatAsInt(x) & ExponentBits) != ExponentBits;

    /// <summary>y[0] = the mean of x, or 0 if x is empty; thread t adds the elements t, t + 256, ....</summary>
    public static void Mean(ArrayView<float> x, ArrayView<float> y, int length)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(Threads);
        int thread = Group.IdxX;
        float sum = 0;
        for (int i = thread; i < length; i += Threads)
            sum += x[i];
        partial[thread] = sum;
        Group.Barrier();
        for (int half = Threads / 2; half > 0; half >>= 1)
        {
            if (thread < half)
                partial[thread] = partial[thread] + partial[thread + half];
            Group.Barrier();
        }

        if (thread == 0)
            y[0] = length > 0 ? partial[0] / length : 0;
    }

    /// <summary>dx[i] += dy[0] / n.</summary>
    public static void MeanBackward(Index1D i, ArrayView<float> dy, ArrayView<float> dx, int length) => dx[i] = dx[i] + (dy[0] / length);

    /// <summary>x[i] = value.</summary>
    public static void Fill(Index1D i, ArrayView<float> x, float value) => x[i] = value;

    /// <summary>A row of the softmax.</summary>
    public static void Softmax(Index1D row, ArrayView<float> x, ArrayView<float> y, int columns) =>
        Ops.Softmax.Forward<GpuLane, ViewMemory>(new(x), new(y), columns, row);

    /// <summary>The loss of a row.</summary>
    public static void RowLoss<TLoss>(Index1D row, ArrayView<float> x, ArrayView<float> y, int columns)
        where TLoss : struct, IRowLoss =>
        new ViewMemory(y).Store(row, TLoss.Forward<GpuLane, ViewMemory>(new(x), columns, row));

    /// <summary>The adjoint of a row's loss.</summary>
    public static void RowLossBackward<TLoss>(
        Index1D row, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, int columns)
        where TLoss : struct, IRowLoss =>
        TLoss.Backward(new ViewMemory(x), new ViewMemory(dy).Load(row), new ViewMemory(dx), columns, row);

    /// <summary>A row of the softmax's adjoint.</summary>
    public static void SoftmaxBackward(Index1D row, ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dx, int columns) =>
        Ops.Softmax.Backward<GpuLane, ViewMemory>(new(y), new(dy), new(dx), columns, row);
}
