// The dense layer's adjoints - input, weight and bias - on a minibatch, at the widths of the MLP.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench.Kernels;

/// <summary>The adjoints of a dense layer.</summary>
public class DenseBackwardBench : CheckedKernel
{
    /// <summary>Inputs of the layer.</summary>
    [Params(16, 64, 32)]
    public int Inputs { get; set; }

    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        int outputs = DenseWidths.After(Inputs);
        BenchInputs inputs = new(device);
        Matrix x = inputs.Matrix(BenchInputs.Batch, Inputs), weight = inputs.Matrix(outputs, Inputs);
        Matrix dy = inputs.Matrix(BenchInputs.Batch, outputs);
        Matrix dx = inputs.Zeros(BenchInputs.Batch, Inputs), dweight = inputs.Zeros(outputs, Inputs), dbias = inputs.Zeros(outputs, 1);
        return new(() => device.DenseBackward(x, weight, dy, dx, dweight, dbias.Values), dx.Values, dweight.Values, dbias.Values);
    }
}
