// The dense layer's forward pass, y = x W' + b, on a minibatch, at the widths of the MLP.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench.Kernels;

/// <summary>A dense layer.</summary>
public class DenseForwardBench : CheckedKernel
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
        Matrix y = inputs.Zeros(BenchInputs.Batch, outputs);
        Slice<Real> bias = inputs.Vector(outputs);
        return new(() => device.Dense(x, weight, bias, y), y.Values);
    }
}
