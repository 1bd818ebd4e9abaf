// The linear algebra of the accelerator.

using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace ForecEngine.Kernels.Gpu;

public sealed partial class GpuDevice
{
    /// <inheritdoc/>
    public void Multiply(Matrix a, Matrix b, Matrix c, Transposed transposed = Transposed.None, bool adds = false)
    {
        OperationShapes.Multiply(a, b, c, transposed);
        bool ofA = transposed.HasFlag(Transposed.A), ofB = transposed.HasFlag(Transposed.B);
        if (c.Values.IsEmpty)
            return;
        GpuProduct product = new()
        {
            ARow = ofA ? 1 : a.Columns,
            AStep = ofA ? a.Columns : 1,
            BStep = ofB ? 1 : b.Columns,
            BColumn = ofB ? b.Columns : 1,
            CRow = c.Columns,
            Rows = c.Rows,
            Columns = c.Columns,
            Depth = ofA ? a.Rows : a.Columns,
            End = adds ? ProductEnd.Add : ProductEnd.Overwrite,
        };
        Multiply(product, OnOrAbsent(a.Values), OnOrAbsent(b.Values), On(c.Values));
    }

    private void Multiply(GpuProduct product, View a, View b, View c) =>
        _kernels.Find<Action<GpuProduct, View, View, View>, Action<KernelConfig, GpuProduct, View, View, View>>(ProductKernels.Multiply)(
            new KernelConfig(
                Groups(product.Rows, ProductKernels.Tile) * Groups(product.Columns, ProductKernels.Tile), ProductKernels.Threads),
            product, a, b, c);
}
