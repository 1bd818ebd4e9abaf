// A table of embedding vectors. Its gradient is by positions and never as large as the table: a minibatch touches a few rows of millions.

using ForecEngine.Kernels;

namespace ForecEngine;

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
        Gradient = new RowGradient(device, dimension);

    private EmbeddingTable(EmbeddingTable other)
        : base(other) => Gradient = new RowGradient(Device, Value.Columns);

    /// <summary>Another model's view of this table: the same memory, frozen.</summary>
    public EmbeddingTable Frozen() => new(this);

    /// <summary>The gradient by positions; every backward pass adds some.</summary>
    public RowGradient Gradient { get; private set; }

    /// <inheritdoc/>
    public override void ClearGradient() => Gradient.Clear();

    /// <summary>Puts another gradient in place of this one.</summary>
    /// <returns>The gradient that was in place.</returns>
    internal RowGradient Exchange(RowGradient gradient)
    {
        (RowGradient before, Gradient) = (Gradient, gradient);
        return before;
    }
}
