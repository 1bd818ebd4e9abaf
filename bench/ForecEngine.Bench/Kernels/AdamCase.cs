// A table of ca's and uk's users, 8,020 x 8, and the gradient of a minibatch: the input of both Adam benches.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Bench.Kernels;

/// <summary>An update of a table.</summary>
internal static class AdamCase
{
    private const int Rows = 8_020;
    private const int Dimension = 8;

    /// <summary>The update by a rule.</summary>
    public static KernelCase Of(IDevice device, Adam rule, bool touchedOnly)
    {
        BenchInputs inputs = new(device);
        RowIds rows = inputs.Ids(BenchInputs.Rows(BenchInputs.Batch, Rows));
        Matrix table = inputs.Matrix(Rows, Dimension), gradient = inputs.Matrix(rows.Count, Dimension);
        Matrix m = inputs.Zeros(Rows, Dimension), v = inputs.Zeros(Rows, Dimension);
        return new(
            () => device.Update(default, new ParameterUpdate<Adam>(rule, table, m.Values, v.Values, rows, gradient, touchedOnly)),
            table.Values, m.Values, v.Values);
    }
}
