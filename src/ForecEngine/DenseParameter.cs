// A parameter whose gradient is as large as itself.

using ForecEngine.Kernels;

namespace ForecEngine;

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
    public override void ClearGradient() => Device.Fill(Gradient.Values, 0);

    /// <summary>Puts another gradient in place of this one.</summary>
    /// <returns>The gradient that was in place.</returns>
    internal Matrix Exchange(Matrix gradient)
    {
        (Matrix before, Gradient) = (Gradient, gradient);
        return before;
    }
}
