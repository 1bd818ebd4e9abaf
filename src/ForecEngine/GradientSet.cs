// A second set of gradients for the same parameters. First-order meta-learning needs two sets: the gradient of the inner step, and the
// sum over the markets. Exchanging the sets copies nothing.

namespace ForecEngine;

/// <summary>Gradients that can be exchanged with those of parameters.</summary>
public sealed class GradientSet
{
    private readonly DenseParameter[] _dense;
    private readonly Matrix[] _denseGradients;
    private readonly EmbeddingTable[] _tables;
    private readonly RowGradient[] _rowGradients;

    /// <summary>A set of zeros.</summary>
    public GradientSet(IDevice device, IReadOnlyList<Parameter> parameters)
    {
        _dense = [.. parameters.OfType<DenseParameter>()];
        _denseGradients = [.. _dense.Select(dense => dense.Value).Select(
            value => new Matrix(device.Allocate<Real>(value.Values.Length).Slice(), value.Rows, value.Columns))];
        _tables = [.. parameters.OfType<EmbeddingTable>()];
        _rowGradients = [.. _tables.Select(table => new RowGradient(device, table.Value.Columns))];
    }

    /// <summary>Exchanges this set and the parameters' own gradients.</summary>
    public void Exchange()
    {
        for (int i = 0; i < _dense.Length; i++)
            (_denseGradients[i], _dense[i].Gradient) = (_dense[i].Gradient, _denseGradients[i]);
        for (int i = 0; i < _tables.Length; i++)
            (_rowGradients[i], _tables[i].Gradient) = (_tables[i].Gradient, _rowGradients[i]);
    }
}
