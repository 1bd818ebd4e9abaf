// The loss of a minibatch and its adjoint: exp, log and a division per element.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Bench.Kernels;

/// <summary>Binary cross-entropy, forward and backward.</summary>
public class BinaryCrossEntropyBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        BenchInputs inputs = new(device);
        Matrix logits = inputs.Matrix(BenchInputs.Batch, 1), labels = inputs.Matrix(BenchInputs.Batch, 1);
        Matrix dy = inputs.Matrix(BenchInputs.Batch, 1);
        Matrix losses = inputs.Zeros(BenchInputs.Batch, 1), dlogits = inputs.Zeros(BenchInputs.Batch, 1);
        return new(
            () =>
            {
                device.Binary<BinaryCrossEntropy>(logits.Values, labels.Values, losses.Values);
                device.BinaryBackward<BinaryCrossEntropy>(logits.Values, labels.Values, dy.Values, dlogits.Values, default);
            },
            losses.Values, dlogits.Values);
    }
}
