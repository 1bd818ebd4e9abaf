// The records on the tape: each knows its arguments and how to hand its output's adjoint on to them. The arithmetic,
// forward and backward, stands in the kernels; a record only says which tensors it is about. Records are kept from
// pass to pass and bound anew, which is why their arguments can be set.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine.Autodiff;

/// <summary>A record on the tape.</summary>
internal abstract class Operation
{
    /// <summary>What the operation computes.</summary>
    public Tensor Output { get; } = new();

    /// <summary>The first argument; the output itself where there is none.</summary>
    public Tensor First { get; private set; }

    /// <summary>The second argument; the output itself where there is none.</summary>
    public Tensor Second { get; private set; }

    /// <summary>A record without arguments.</summary>
    protected Operation() => First = Second = Output;

    /// <summary>Names the arguments of this pass.</summary>
    public void Bind(Tensor first, Tensor second)
    {
        First = first;
        Second = second;
    }

    /// <summary>Computes the output from the arguments.</summary>
    public abstract void Forward(IDevice device);

    /// <summary>Adds to the adjoints of the arguments what follows from the output's.</summary>
    public abstract void Backward(IDevice device);

    /// <summary>Adds to a digest on which side of a kink each element of the arguments lies, if the operation has kinks.</summary>
    public virtual void AddSides(ref HashCode sides)
    {
    }
}

/// <summary>A value from outside: a constant, or a parameter whose gradient is the adjoint itself.</summary>
internal sealed class LeafOperation : Operation
{
    public override void Forward(IDevice device)
    {
        // The value is there already.
    }

    public override void Backward(IDevice device)
    {
        // There is no argument to hand the adjoint on to.
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
    /// <summary>The weight that the record multiplies its first argument by.</summary>
    public DenseParameter? Weight { get; set; }

    /// <summary>The bias that it adds, if any.</summary>
    public DenseParameter? Bias { get; set; }

    public override void Forward(IDevice device) =>
        device.Dense(First.Value, Bound.Value, Bias is null ? default : Bias.Value.Values, Output.Value);

    public override void Backward(IDevice device) => device.DenseBackward(
        First.Value, Bound.Value, Output.Gradient, First.Gradient, Wanted(Bound), Bias is null ? default : Wanted(Bias).Values);

    private static Matrix Wanted(DenseParameter parameter) =>
        parameter.IsFrozen ? new Matrix(default, parameter.Value.Rows, parameter.Value.Columns) : parameter.Gradient;

    private DenseParameter Bound => Weight ?? throw new InvalidOperationException("the record has no weight");
}

/// <summary>y = x x'. A dense layer whose weight is its input: dx = dy x + dy' x, one adjoint after the other.</summary>
internal sealed class GramOperation : Operation
{
    public override void Forward(IDevice device) => device.Dense(First.Value, First.Value, default, Output.Value);

    public override void Backward(IDevice device) =>
        device.DenseBackward(First.Value, First.Value, Output.Gradient, First.Gradient, First.Gradient, default);
}

internal sealed class LookupOperation : Operation
{
    /// <summary>The table that rows are taken from.</summary>
    public EmbeddingTable? Table { get; set; }

    /// <summary>The rows.</summary>
    public Indices? Indices { get; set; }

    public override void Forward(IDevice device) => device.Gather(BoundTable.Value, BoundIndices.Values, Output.Value);

    public override void Backward(IDevice device) =>
        BoundTable.Gradient.Add(device, Output.Gradient, BoundIndices.Groups);

    private EmbeddingTable BoundTable => Table ?? throw new InvalidOperationException("the record has no table");

    private Indices BoundIndices => Indices ?? throw new InvalidOperationException("the record has no indices");
}
