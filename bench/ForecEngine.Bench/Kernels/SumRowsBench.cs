// The adjoint of embedding lookup: a minibatch's rows summed by the table row that they came from.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench.Kernels;

/// <summary>Sums of rows by groups.</summary>
public class SumRowsBench : CheckedKernel
{
    /// <summary>Rows of the table: many repetitions among few, hardly any among many.</summary>
    [Params(100, 8_000)]
    public int Rows { get; set; }

    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        const int Dimension = 8;
        BenchInputs inputs = new(device);
        RowGroups groups = new();
        groups.Build(BenchInputs.Rows(BenchInputs.Batch, Rows));
        Matrix dy = inputs.Matrix(BenchInputs.Batch, Dimension), gradient = inputs.Zeros(groups.Count, Dimension);
        return new(() => device.SumRows(new RowSum(dy, groups, gradient)), gradient.Values);
    }
}
