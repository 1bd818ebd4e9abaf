// An embedding, which maps ids to vectors.

namespace ForecEngine;

/// <summary>A table of vectors, looked up by row.</summary>
public sealed class Embedding
{
    /// <summary>A table of zeros with PyTorch's name: <c>NAME.weight</c> [rows, dimension].</summary>
    public Embedding(IDevice device, string name, int rows, int dimension) =>
        Table = new EmbeddingTable(device, $"{name}.weight", rows, dimension);

    private Embedding(EmbeddingTable table) => Table = table;

    /// <summary>The table, with a vector in each row.</summary>
    public EmbeddingTable Table { get; }

    /// <summary>The vectors of a minibatch's ids: [ids, dimension].</summary>
    public Tensor Apply(Tape tape, RowIds rows) => tape.Lookup(Table, rows);

    /// <summary>A frozen view of these vectors for another model, in the same memory.</summary>
    public Embedding Frozen() => new(Table.Frozen());

    /// <summary>A table of zeros with the same name and dimension and another number of rows.</summary>
    public Embedding WithRows(IDevice device, int rows) => new(new EmbeddingTable(device, Table.Name, rows, Table.Value.Columns));

    /// <summary>Draws the vectors from N(0, standardDeviation^2).</summary>
    public void Initialise(ulong seed, string purpose, double standardDeviation) =>
        Initial.Normal(Table, standardDeviation, seed, purpose);
}
