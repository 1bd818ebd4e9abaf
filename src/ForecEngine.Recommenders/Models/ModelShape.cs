// The sizes of models.

namespace ForecEngine.Recommenders.Models;

/// <summary>The sizes of a model.</summary>
/// <param name="Users">Rows of the user tables; 0 for a model without users.</param>
/// <param name="Items">Rows of the item tables.</param>
/// <param name="Dimension">The dimension of the embeddings.</param>
/// <param name="Layers">The widths of the MLP, the first being its input, twice the dimension: 16-64-32-16-8.</param>
public sealed record ModelShape(int Users, int Items, int Dimension, IReadOnlyList<int> Layers)
{
    /// <summary>
    /// The widths of a market's head: 16-32-16. The first is its input, the last of the layers plus the dimension. Empty for no head.
    /// </summary>
    public IReadOnlyList<int> Head { get; init; } = [];

    /// <summary>The number of markets, for market-aware models.</summary>
    public int Markets { get; init; } = 1;

    /// <summary>The first user row of each market, for models composed of one model per market.</summary>
    public IReadOnlyList<int> FirstUsers { get; init; } = [];

    /// <summary>The index of the target, for models that treat it differently.</summary>
    public int Target { get; init; }

    /// <summary>The settings of DDTCDR.</summary>
    public DdtcdrOptions Ddtcdr { get; init; } = new();

    /// <summary>The probability that a training step drops a hidden unit, for models with <see cref="IDropout"/>.</summary>
    public double Dropout { get; init; }

    /// <summary>The seed of dropout in scoring, for models that have it.</summary>
    public ulong DropoutSeed { get; init; }
}
