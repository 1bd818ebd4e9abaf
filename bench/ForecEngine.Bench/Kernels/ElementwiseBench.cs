// Elementwise operations: the ReLU of the MLP's widest layer and the product of GMF, each with its adjoint.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Bench.Kernels;

/// <summary>A ReLU, forward and backward.</summary>
public class ReluBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        BenchInputs inputs = new(device);
        Matrix x = inputs.Matrix(BenchInputs.Batch, 64), dy = inputs.Matrix(BenchInputs.Batch, 64);
        Matrix y = inputs.Zeros(BenchInputs.Batch, 64), dx = inputs.Zeros(BenchInputs.Batch, 64);
        return new(
            () =>
            {
                device.Unary<Relu>(x.Values, y.Values);
                device.UnaryBackward<Relu>(x.Values, dy.Values, dx.Values);
            },
            y.Values, dx.Values);
    }
}

/// <summary>A product, forward and backward.</summary>
public class ProductBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        BenchInputs inputs = new(device);
        Matrix a = inputs.Matrix(BenchInputs.Batch, 8), b = inputs.Matrix(BenchInputs.Batch, 8), dy = inputs.Matrix(BenchInputs.Batch, 8);
        Matrix y = inputs.Zeros(BenchInputs.Batch, 8), da = inputs.Zeros(BenchInputs.Batch, 8), db = inputs.Zeros(BenchInputs.Batch, 8);
        return new(
            () =>
            {
                device.Binary<Product>(a.Values, b.Values, y.Values);
                device.BinaryBackward<Product>(a.Values, b.Values, dy.Values, da.Values, db.Values);
            },
            y.Values, da.Values, db.Values);
    }
}
