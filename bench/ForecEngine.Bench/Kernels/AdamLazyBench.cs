// Adam over the rows that a minibatch touched, as in torch.optim.SparseAdam.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Bench.Kernels;

/// <summary>Lazy Adam of a table.</summary>
public class AdamLazyBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device) =>
        AdamCase.Of(device, Adam.Lazy(1, 0.01, 0.9, 0.999, 1e-8, 1e-7), touchedOnly: true);
}
