// The tape's records of a catalogue: sums of a user's items, and the softmax over all items.

namespace ForecEngine.Autodiff;

internal sealed class SegmentSumOperation : Operation
{
    /// <summary>The weight of each row.</summary>
    public Slice<Real> Weights { get; set; }

    /// <summary>The segments of rows.</summary>
    public Segments Segments { get; set; }

    public override void Forward(IDevice device) => device.SegmentSum(First.Value, Weights, Segments, Output.Value);

    public override void Backward(IDevice device) =>
        device.SegmentSumBackward(Weights, Segments, Output.Gradient, First.Gradient);
}

internal sealed class SoftmaxLossOperation : Operation
{
    private const int MostKept = 1 << 19; // 2 MB, about what the second-level caches of two processors hold

    private EmbeddingTable? _vectors;
    private EmbeddingTable? _biases;
    private RowIds _vectorRows;
    private RowIds _biasRows;
    private RowIds _targets;
    private Slice<Real> _normalisers;
    private Slice<Real> _kept;

    private EmbeddingTable Vectors => _vectors ?? throw Unset();

    private EmbeddingTable Biases => _biases ?? throw Unset();

    private Catalogue Items => new(Vectors.Value, _vectorRows, Biases.Value.Values, _biasRows);

    private Slice<Real> Normalisers => _normalisers.Part(0, First.Rows);

    /// <summary>Sets the items and targets, and reserves memory for the normalisers, which backward reads.</summary>
    public void Set(
        IDevice device, int rows, EmbeddingTable vectors, RowIds vectorRows, EmbeddingTable biases, RowIds biasRows, RowIds targets)
    {
        (_vectors, _vectorRows, _biases, _biasRows, _targets) = (vectors, vectorRows, biases, biasRows, targets);
        if (_normalisers.Length < rows)
            _normalisers = device.Allocate<Real>(rows).Slice();
        int kept = (int)Math.Min(MostKept, (long)rows * vectorRows.Count);
        if (_kept.Length < kept)
            _kept = device.Allocate<Real>(kept).Slice();
    }

    public override void Forward(IDevice device) =>
        device.SoftmaxLoss(First.Value, Items, _targets, Output.Value.Values, Normalisers, _kept);

    public override void Backward(IDevice device) => device.SoftmaxLossBackward(
        First.Value, Items, _targets, Normalisers, Output.Gradient.Values, First.Gradient, Appended(Vectors, _vectorRows),
        Appended(Biases, _biasRows).Values, _kept);

    // A position for each item, or none if the table is frozen.
    private static Matrix Appended(EmbeddingTable table, RowIds rows) =>
        table.IsFrozen ? new Matrix(default, rows.Count, table.Value.Columns) : table.Gradient.Append(rows);

    private static InvalidOperationException Unset() => new("the record has no items");
}
