// The kernels of the dense layer: one thread per element of the result.

namespace ForecEngine.Kernels.Gpu;

/// <summary>The bodies of the dense layer's kernels, for one thread.</summary>
internal static class DenseKernels
{
    /// <summary>y = x weight' + bias.</summary>
    public static void Forward(
        Index1D i, ArrayView<float> x, ArrayView<float> weight, ArrayView<float> bias, int hasBias, ArrayView<float> y, int inputs,
        int outputs) =>
        DenseLayer.Forward<GpuLane, ViewMemory>(
            new(x), new(weight), new(bias), hasBias != 0, new(y), inputs, outputs, i / outputs, i % outputs);

    /// <summary>dx += dy weight.</summary>
    public static void BackwardInput(
        Index1D i, ArrayView<float> weight, ArrayView<float> dy, ArrayView<float> dx, int inputs, int outputs) =>
        DenseLayer.BackwardInput<GpuLane, ViewMemory>(new(weight), new(dy), new(dx), inputs, outputs, i / inputs, i % inputs);

    /// <summary>dweight += dy' x.</summary>
    public static void BackwardWeight(
        Index1D i, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dweight, int rows, int inputs, int outputs) =>
        DenseLayer.BackwardWeight<GpuLane, ViewMemory>(new(x), new(dy), new(dweight), rows, inputs, outputs, i / inputs, i % inputs);

    /// <summary>dbias += the column sums of dy.</summary>
    public static void BackwardBias(Index1D i, ArrayView<float> dy, ArrayView<float> dbias, int rows, int outputs) =>
        DenseLayer.BackwardBias<GpuLane, ViewMemory>(new(dy), new(dbias), rows, outputs, i);
}
