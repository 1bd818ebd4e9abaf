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
    private Slice<Real> _normalisers;

    /// <summary>The items' biases.</summary>
    public Tensor? Bias { get; set; }

    /// <summary>The item of each row.</summary>
    public RowIds Targets { get; set; }

    private Slice<Real> Normalisers => _normalisers.Part(0, First.Rows);

    private Tensor Biases => Bias ?? throw new InvalidOperationException("the record has no bias");

    /// <summary>Reserves memory for the normalisers, which backward reads.</summary>
    public void Reserve(IDevice device, int rows)
    {
        if (_normalisers.Length < rows)
            _normalisers = device.Allocate<Real>(rows).Slice();
    }

    public override void Forward(IDevice device) =>
        device.SoftmaxLoss(First.Value, Second.Value, Biases.Value.Values, Targets, Output.Value.Values, Normalisers);

    public override void Backward(IDevice device) => device.SoftmaxLossBackward(
        First.Value, Second.Value, Biases.Value.Values, Targets, Normalisers, Output.Gradient.Values, First.Gradient, Second.Gradient,
        Biases.Gradient.Values);
}
