// Adam over a whole embedding table, as in torch.optim.Adam: every row moves in every step.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Bench.Kernels;

/// <summary>Dense Adam of a table.</summary>
public class AdamDenseBench : CheckedKernel
{
    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device) =>
        AdamCase.Of(device, Adam.Dense(1, 0.01, 0.9, 0.999, 1e-8, 1e-7), touchedOnly: false);
}
