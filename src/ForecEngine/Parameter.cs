// What a model learns. A dense parameter's gradient is as large as itself; an embedding table's is a set of rows,
// never a table, because a minibatch touches a few rows of millions.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Ops;

namespace ForecEngine;

/// <summary>A named tensor that training changes.</summary>
public abstract class Parameter
{
    /// <summary>How many values are copied or looked at at once: tables of millions of rows are not copied whole for it.</summary>
    public const int PartLength = 1 << 16;

    private protected Parameter(IDevice device, string name, IReadOnlyList<int> shape)
    {
        Name = name;
        Shape = shape;
        int columns = shape.Count > 1 ? shape[1] : 1;
        long values = (long)shape[0] * columns;
        if (values > Array.MaxLength)
            throw new OverflowException(
                $"{name}: {shape[0]} x {columns} are {values} values; a parameter has {Array.MaxLength} at the most");
        Value = new Matrix(device.Allocate<Real>((int)values).Slice(), shape[0], columns);
    }

    private protected Parameter(Parameter other)
    {
        (Name, Shape, Value) = (other.Name, other.Shape, other.Value);
        IsFrozen = true;
    }

    /// <summary>The name that checkpoints know it by.</summary>
    public string Name { get; }

    /// <summary>One or two extents: [out, in] of a weight, [out] of a bias, [rows, dimension] of a table.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values; a vector is a matrix of one column.</summary>
    public Matrix Value { get; }

    /// <summary>Whether training leaves it as it is: then no gradient is computed for it and no optimiser keeps statistics of it.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Overwrites the values with another parameter's, of the same length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The other has more values, or fewer.</exception>
    public void Set(Parameter other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Value.Values.Length, Value.Values.Length);
        Real[] values = new Real[Math.Min(PartLength, Value.Values.Length)];
        foreach ((Slice<Real> to, Slice<Real> from) in Value.Values.Parts(PartLength).Zip(other.Value.Values.Parts(PartLength)))
        {
            from.Read(values);
            to.Write(values.AsSpan(0, from.Length));
        }
    }

    /// <summary>Forgets the gradient.</summary>
    public abstract void ClearGradient(IDevice device);

    /// <summary>What an optimiser's step does to this parameter by the gradient it has gathered.</summary>
    /// <param name="dense">The rule, where this is a dense parameter.</param>
    /// <param name="rows">The rule, where this is a table.</param>
    /// <param name="m">The rule's first statistic, or nothing.</param>
    /// <param name="v">The rule's second statistic, or nothing.</param>
    /// <param name="touchedOnly">Whether a table's rows without a gradient stay as they are.</param>
    internal abstract ParameterUpdate<TRule> UpdatedBy<TRule>(TRule dense, TRule rows, Slice<Real> m, Slice<Real> v, bool touchedOnly)
        where TRule : unmanaged, IUpdateRule;

    /// <summary>Forgets what of the gradient <see cref="IDevice.Update"/> has not: the rows of a table's.</summary>
    internal virtual void ForgetUpdated()
    {
    }
}

/// <summary>A weight matrix or a bias vector.</summary>
public sealed class DenseParameter : Parameter
{
    /// <summary>A parameter of zeros.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="name">The name that checkpoints know it by.</param>
    /// <param name="shape">One or two extents.</param>
    public DenseParameter(IDevice device, string name, params IReadOnlyList<int> shape)
        : base(device, name, shape) =>
        Gradient = new Matrix(device.Allocate<Real>(Value.Values.Length).Slice(), Value.Rows, Value.Columns);

    private DenseParameter(DenseParameter other)
        : base(other) => Gradient = new Matrix(default, Value.Rows, Value.Columns);

    /// <summary>Another model's view of this parameter: the same memory, frozen, without a gradient.</summary>
    public DenseParameter Frozen() => new(this);

    /// <summary>A parameter of its own with the same values.</summary>
    public DenseParameter Copy(IDevice device)
    {
        DenseParameter copy = new(device, Name, Shape);
        copy.Set(this);
        return copy;
    }

    /// <summary>The gradient, as large as the values; every backward pass adds to it.</summary>
    public Matrix Gradient { get; private set; }

    /// <inheritdoc/>
    public override void ClearGradient(IDevice device) => device.Fill(Gradient.Values, 0);

    internal override ParameterUpdate<TRule> UpdatedBy<TRule>(TRule dense, TRule rows, Slice<Real> m, Slice<Real> v, bool touchedOnly) =>
        new(dense, Value.Values, m, v, Gradient.Values);

    /// <summary>Puts another gradient in place of this one.</summary>
    /// <returns>The one that was in place.</returns>
    internal Matrix Exchange(Matrix gradient)
    {
        (Matrix before, Gradient) = (Gradient, gradient);
        return before;
    }
}

/// <summary>A table of embedding vectors, one a row.</summary>
public sealed class EmbeddingTable : Parameter
{
    /// <summary>A table of zeros.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="name">The name that checkpoints know it by.</param>
    /// <param name="rows">How many vectors.</param>
    /// <param name="dimension">Their dimension.</param>
    public EmbeddingTable(IDevice device, string name, int rows, int dimension)
        : base(device, name, [rows, dimension]) =>
        Gradient = new RowGradient(dimension);

    private EmbeddingTable(EmbeddingTable other)
        : base(other) => Gradient = new RowGradient(Value.Columns);

    /// <summary>Another model's view of this table: the same memory, frozen.</summary>
    public EmbeddingTable Frozen() => new(this);

    /// <summary>The gradient, as the rows that were touched; every backward pass adds to it.</summary>
    public RowGradient Gradient { get; private set; }

    /// <inheritdoc/>
    public override void ClearGradient(IDevice device) => Gradient.Clear();

    internal override ParameterUpdate<TRule> UpdatedBy<TRule>(TRule dense, TRule rows, Slice<Real> m, Slice<Real> v, bool touchedOnly) =>
        new(rows, Value, m, v, Gradient.Indices, Gradient.Values, touchedOnly);

    internal override void ForgetUpdated() => Gradient.Clear();

    /// <summary>Puts another gradient in place of this one.</summary>
    /// <returns>The one that was in place.</returns>
    internal RowGradient Exchange(RowGradient gradient)
    {
        (RowGradient before, Gradient) = (Gradient, gradient);
        return before;
    }
}
