// Embedding lookup: a minibatch's rows of two tables of 8 columns, one that fits in a cache and one that does not.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench.Kernels;

/// <summary>Embedding lookup.</summary>
public class GatherBench : CheckedKernel
{
    /// <summary>Rows of the table.</summary>
    [Params(8_000, 2_800_000)]
    public int Rows { get; set; }

    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        const int Dimension = 8;
        BenchInputs inputs = new(device);
        Matrix table = inputs.Matrix(Rows, Dimension), y = inputs.Zeros(BenchInputs.Batch, Dimension);
        RowIds rows = inputs.Ids(BenchInputs.Rows(BenchInputs.Batch, Rows));
        return new(() => device.Gather(table, rows, y), y.Values);
    }
}
