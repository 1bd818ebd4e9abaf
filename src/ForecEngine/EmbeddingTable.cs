// A table of embedding vectors. Its gradient only has rows for the positions of a minibatch, since a minibatch uses a few rows of millions.

namespace ForecEngine;

/// <summary>A table of embedding vectors, one per row.</summary>
public sealed class EmbeddingTable : Parameter
{
    /// <summary>A table of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="name">The name in checkpoints.</param>
    /// <param name="rows">The number of vectors.</param>
    /// <param name="dimension">Their dimension.</param>
    public EmbeddingTable(IDevice device, string name, int rows, int dimension)
        : base(device, name, [rows, dimension]) =>
        Gradient = new RowGradient(device, dimension);

    private EmbeddingTable(EmbeddingTable other)
        : base(other) => Gradient = new RowGradient(Device, Value.Columns);

    /// <summary>A frozen view of this table for another model, in the same memory.</summary>
    public EmbeddingTable Frozen() => new(this);

    /// <summary>The gradient by positions, to which every backward pass appends.</summary>
    public RowGradient Gradient { get; internal set; }

    /// <inheritdoc/>
    public override void ClearGradient() => Gradient.Clear();
}
