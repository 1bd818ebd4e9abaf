// The tape's own records. The kernels do the arithmetic, forward and backward; a record passes them its tensors.

namespace ForecEngine.Autodiff;

internal sealed class LeafOperation : Operation
{
    public override void Forward(IDevice device)
    {
        // The value is given.
    }

    public override void Backward(IDevice device)
    {
        // There is no argument.
    }
}

internal sealed class UnaryOperation<TOp> : Operation
    where TOp : unmanaged, IUnaryOp
{
    public override void Forward(IDevice device) => device.Unary<TOp>(First.Value.Values, Output.Value.Values);

    public override void Backward(IDevice device) =>
        device.UnaryBackward<TOp>(First.Value.Values, Output.Gradient.Values, First.Gradient.Values);

    public override void AddSides(ref HashCode sides)
    {
        if (!TOp.HasKinkAtZero)
            return;
        Real[] x = new Real[First.Value.Values.Length];
        First.Value.Values.Read(x);
        foreach (Real value in x)
            sides.Add(value > 0);
    }
}

internal sealed class BinaryOperation<TOp> : Operation
    where TOp : unmanaged, IBinaryOp
{
    public override void Forward(IDevice device) =>
        device.Binary<TOp>(First.Value.Values, Second.Value.Values, Output.Value.Values);

    public override void Backward(IDevice device) => device.BinaryBackward<TOp>(
        First.Value.Values, Second.Value.Values, Output.Gradient.Values, First.Gradient.Values, Second.Gradient.Values);
}

internal sealed class ConcatenateOperation : Operation
{
    public override void Forward(IDevice device) => device.Concatenate(First.Value, Second.Value, Output.Value);

    public override void Backward(IDevice device) =>
        device.ConcatenateBackward(Output.Gradient, First.Gradient, Second.Gradient);
}

internal sealed class MeanOperation : Operation
{
    public override void Forward(IDevice device) => device.Mean(First.Value.Values, Output.Value.Values);

    public override void Backward(IDevice device) =>
        device.MeanBackward(Output.Gradient.Values, First.Gradient.Values);
}

internal sealed class DenseOperation : Operation
{
    /// <summary>The weight.</summary>
    public DenseParameter? Weight { get; set; }

    /// <summary>The bias, or null if the layer has no bias.</summary>
    public DenseParameter? Bias { get; set; }

    public override void Forward(IDevice device) =>
        device.Dense(First.Value, Bound.Value, Bias is null ? default : Bias.Value.Values, Output.Value);

    public override void Backward(IDevice device) => device.DenseBackward(
        First.Value, Bound.Value, Output.Gradient, First.Gradient, Wanted(Bound), Bias is null ? default : Wanted(Bias).Values);

    private static Matrix Wanted(DenseParameter parameter) =>
        parameter.IsFrozen ? new Matrix(default, parameter.Value.Rows, parameter.Value.Columns) : parameter.Gradient;

    private DenseParameter Bound => Weight ?? throw new InvalidOperationException("the record has no weight");
}

internal sealed class ProductOperation : Operation
{
    public override void Forward(IDevice device) => device.Dense(First.Value, Second.Value, default, Output.Value);

    public override void Backward(IDevice device) =>
        device.DenseBackward(First.Value, Second.Value, Output.Gradient, First.Gradient, Second.Gradient, default);
}

internal sealed class RowLossOperation<TLoss> : Operation
    where TLoss : unmanaged, IRowLoss
{
    /// <summary>The number of logits in a row.</summary>
    public int Columns { get; set; }

    public override void Forward(IDevice device) => device.RowLoss<TLoss>(InRows(First.Value.Values), Output.Value.Values);

    public override void Backward(IDevice device) =>
        device.RowLossBackward<TLoss>(InRows(First.Value.Values), Output.Gradient.Values, InRows(First.Gradient.Values));

    private Matrix InRows(Slice<Real> values) => new(values, Output.Rows, Columns);
}

internal sealed class SoftmaxOperation : Operation
{
    public override void Forward(IDevice device) => device.Softmax(First.Value, Output.Value);

    public override void Backward(IDevice device) => device.SoftmaxBackward(Output.Value, Output.Gradient, First.Gradient);
}

internal sealed class LookupOperation : Operation
{
    /// <summary>The table.</summary>
    public EmbeddingTable? Table { get; set; }

    /// <summary>The rows to look up.</summary>
    public RowIds Rows { get; set; }

    public override void Forward(IDevice device) => device.Gather(Bound.Value, Rows, Output.Value);

    public override void Backward(IDevice device) => device.Copy(Output.Gradient.Values, Bound.Gradient.Append(Rows).Values);

    private EmbeddingTable Bound => Table ?? throw new InvalidOperationException("the record has no table");
}
