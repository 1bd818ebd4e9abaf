// The cross-entropy over all items with its adjoints, for a minibatch of 128 vectors and the catalogue of XMarket's ca. It is four products
// of rows x dimension x items multiply-adds, 752 million operations at dimension 128.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;

namespace ForecEngine.Bench.Kernels;

/// <summary>The softmax loss, forward and backward.</summary>
public class SoftmaxLossBench : CheckedKernel
{
    private const int Rows = 128;
    private const int Items = 5735;

    /// <summary>The length of a vector.</summary>
    [Params(64, 128)]
    public int Dimension { get; set; }

    /// <inheritdoc/>
    protected override KernelCase Prepare(IDevice device)
    {
        BenchInputs inputs = new(device);
        Matrix x = inputs.Matrix(Rows, Dimension), items = inputs.Matrix(Items, Dimension);
        Matrix dx = inputs.Zeros(Rows, Dimension), ditems = inputs.Zeros(Items, Dimension);
        Slice<Real> bias = inputs.Vector(Items), dlosses = inputs.Vector(Rows), losses = inputs.Vector(Rows);
        Slice<Real> normalisers = inputs.Vector(Rows), dbias = inputs.Zeros(Items, 1).Values;
        RowIds targets = inputs.Ids(BenchInputs.Rows(Rows, Items)), all = inputs.Ids([.. Enumerable.Range(0, Items)]);
        Catalogue catalogue = new(items, all, bias, all);
        return new(
            () =>
            {
                device.SoftmaxLoss(x, catalogue, targets, losses, normalisers);
                device.SoftmaxLossBackward(x, catalogue, targets, normalisers, dlosses, dx, ditems, dbias);
            },
            losses, normalisers, dx.Values, ditems.Values, dbias);
    }
}
