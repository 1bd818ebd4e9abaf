// A tensor that training changes: the common part of dense parameters and embedding tables.

namespace ForecEngine;

/// <summary>A named tensor of a model.</summary>
public abstract class Parameter
{
    /// <summary>The most values that the host copies at a time, so that it needs little memory for a table of millions of rows.</summary>
    public const int PartLength = 1 << 16;

    private protected Parameter(IDevice device, string name, IReadOnlyList<int> shape)
    {
        if (shape.Count is not (1 or 2))
            throw new ArgumentException($"{name}: has {shape.Count} extents; a parameter has one or two", nameof(shape));
        (Device, Name, Shape) = (device, name, shape);
        int columns = shape.Count > 1 ? shape[1] : 1;
        long values = (long)shape[0] * columns;
        if (values > Array.MaxLength)
            throw new OverflowException(
                $"{name}: {shape[0]} x {columns} are {values} values; a parameter can have at most {Array.MaxLength}");
        Value = new Matrix(device.Allocate<Real>((int)values).Slice(), shape[0], columns);
    }

    private protected Parameter(Parameter other)
    {
        (Device, Name, Shape, Value) = (other.Device, other.Name, other.Shape, other.Value);
        IsFrozen = true;
    }

    /// <summary>The device that holds it.</summary>
    protected IDevice Device { get; }

    /// <summary>The name in checkpoints.</summary>
    public string Name { get; }

    /// <summary>One or two extents: [out, in] for a weight, [out] for a bias, [rows, dimension] for a table.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values; a vector is a matrix of one column.</summary>
    public Matrix Value { get; }

    /// <summary>Whether training leaves it unchanged; it then has no gradient and no optimiser state.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether the optimiser's L2 applies to it; usually not to biases of items.</summary>
    public bool Decays { get; init; } = true;

    /// <summary>Copies the values of another parameter of the same length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The lengths differ.</exception>
    public void Set(Parameter other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Value.Values.Length, Value.Values.Length);
        Device.Copy(other.Value.Values, Value.Values);
    }

    /// <summary>A copy of the values in host memory.</summary>
    public Real[] ToArray()
    {
        Real[] values = new Real[Value.Values.Length];
        Value.Values.Read(values);
        return values;
    }

    /// <summary>Clears the gradient.</summary>
    public abstract void ClearGradient();
}
