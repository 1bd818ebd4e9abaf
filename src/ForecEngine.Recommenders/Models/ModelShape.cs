// The sizes that a model is built from.

namespace ForecEngine.Recommenders.Models;

/// <summary>The sizes of a model.</summary>
/// <param name="Users">Rows of the user tables; 0 for a model that knows nothing of users.</param>
/// <param name="Items">Rows of the item tables.</param>
/// <param name="Dimension">The embeddings' dimension.</param>
/// <param name="Layers">The MLP's widths, the first of them its input, twice the dimension: 16-64-32-16-8.</param>
public sealed record ModelShape(int Users, int Items, int Dimension, IReadOnlyList<int> Layers)
{
    /// <summary>
    /// The widths of a market's head: 16-32-16. The first is its input, the last of the layers plus the dimension. Empty for no head.
    /// </summary>
    public IReadOnlyList<int> Head { get; init; } = [];

    /// <summary>How many markets there are, for models that know which market a sample is of.</summary>
    public int Markets { get; init; } = 1;

    /// <summary>The first user row of each market, for models that are put together from models of one market each.</summary>
    public IReadOnlyList<int> FirstUsers { get; init; } = [];

    /// <summary>The target's place among the markets, for models that set it apart.</summary>
    public int Target { get; init; }

    /// <summary>The numbers of DDTCDR.</summary>
    public DdtcdrOptions Ddtcdr { get; init; } = new();

    /// <summary>The seed of dropout in scoring, for models that have it.</summary>
    public ulong DropoutSeed { get; init; }
}
