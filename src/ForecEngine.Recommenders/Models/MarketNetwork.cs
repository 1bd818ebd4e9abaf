// A market's part of conet and ddtcdr: its own item vectors and perceptron, named markets.N.embedding_item, markets.N.fc_layers.I and
// markets.N.affine_output.

namespace ForecEngine.Recommenders.Models;

/// <summary>A market's item vectors, dense layers and output layer.</summary>
public sealed class MarketNetwork
{
    /// <summary>A network of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="market">The market's index.</param>
    /// <param name="shape">The sizes of the model.</param>
    public MarketNetwork(IDevice device, int market, ModelShape shape)
    {
        Item = new Embedding(device, $"{Name(market)}.embedding_item", shape.Items, shape.Dimension);
        Tower = new Tower(device, $"{Name(market)}.fc_layers", shape.Layers);
        Output = new Linear(device, $"{Name(market)}.affine_output", shape.Layers[^1], 1);
    }

    private MarketNetwork(Embedding item, Tower tower, Linear output) => (Item, Tower, Output) = (item, tower, output);

    /// <summary>The item vectors of this market.</summary>
    public Embedding Item { get; }

    /// <summary>The dense layers.</summary>
    public Tower Tower { get; }

    /// <summary>The output layer, with one output.</summary>
    public Linear Output { get; }

    /// <summary>Its parameters.</summary>
    public IEnumerable<Parameter> Parameters => [Item.Table, .. Tower.Parameters, .. Output.Parameters];

    /// <summary>A frozen view of this network for another model, in the same memory.</summary>
    public MarketNetwork Frozen() => new(Item.Frozen(), Tower.Frozen(), Output.Frozen());

    /// <summary>The common start of the names of a market's parameters.</summary>
    public static string Name(int market) => $"markets.{market}";

    /// <summary>Draws its initial values.</summary>
    public void Initialise(ulong seed, string purpose, double embeddingDeviation)
    {
        Item.Initialise(seed, purpose, embeddingDeviation);
        Tower.Initialise(seed, purpose);
        Output.Initialise(seed, purpose);
    }

    /// <summary>The market of all samples of a minibatch.</summary>
    /// <exception cref="ArgumentException">The samples are of several markets.</exception>
    internal static int MarketOf(Minibatch batch) => batch.Market >= 0 ? batch.Market : throw new ArgumentException(
        "the samples of this minibatch are of several markets; this model scores one market at a time", nameof(batch));
}
