// A parameter whose gradient has the same shape.

namespace ForecEngine;

/// <summary>A weight matrix or a bias vector.</summary>
public sealed class DenseParameter : Parameter
{
    /// <summary>A parameter of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="name">The name in checkpoints.</param>
    /// <param name="shape">One or two extents.</param>
    /// <exception cref="ArgumentException">There are no or more than two extents.</exception>
    public DenseParameter(IDevice device, string name, params IReadOnlyList<int> shape)
        : base(device, name, shape) =>
        Gradient = new Matrix(device.Allocate<Real>(Value.Values.Length).Slice(), Value.Rows, Value.Columns);

    private DenseParameter(DenseParameter other)
        : base(other) => Gradient = new Matrix(default, Value.Rows, Value.Columns);

    /// <summary>A frozen view of this parameter for another model, in the same memory and without a gradient.</summary>
    public DenseParameter Frozen() => new(this);

    /// <summary>A copy of the parameter.</summary>
    public DenseParameter Copy(IDevice device)
    {
        DenseParameter copy = new(device, Name, Shape);
        copy.Set(this);
        return copy;
    }

    /// <summary>The gradient, which every backward pass adds to.</summary>
    public Matrix Gradient { get; internal set; }

    /// <inheritdoc/>
    public override void ClearGradient() => Device.Fill(Gradient.Values, 0);
}
