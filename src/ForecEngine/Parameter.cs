// A tensor that a model learns.

using ForecEngine.Kernels;

namespace ForecEngine;

/// <summary>A named tensor that training changes.</summary>
public abstract class Parameter
{
    /// <summary>How many values the host copies at once, so that a table of millions of rows is not copied whole.</summary>
    public const int PartLength = 1 << 16;

    private protected Parameter(IDevice device, string name, IReadOnlyList<int> shape)
    {
        (Device, Name, Shape) = (device, name, shape);
        int columns = shape.Count > 1 ? shape[1] : 1;
        long values = (long)shape[0] * columns;
        if (values > Array.MaxLength)
            throw new OverflowException(
                $"{name}: {shape[0]} x {columns} are {values} values; a parameter has {Array.MaxLength} at the most");
        Value = new Matrix(device.Allocate<Real>((int)values).Slice(), shape[0], columns);
    }

    private protected Parameter(Parameter other)
    {
        (Device, Name, Shape, Value) = (other.Device, other.Name, other.Shape, other.Value);
        IsFrozen = true;
    }

    /// <summary>Where it lives.</summary>
    protected IDevice Device { get; }

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
        Device.Copy(other.Value.Values, Value.Values);
    }

    /// <summary>Clears the gradient.</summary>
    public abstract void ClearGradient();
}
