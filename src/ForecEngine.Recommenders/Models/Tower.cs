// A tower: dense layers, each followed by ReLU.

namespace ForecEngine.Recommenders.Models;

/// <summary>A tower of dense layers with ReLU, named <c>NAME.0</c>, <c>NAME.1</c>, ...</summary>
public sealed class Tower
{
    /// <summary>A tower of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="name">The layers' common name.</param>
    /// <param name="widths">The widths, beginning with the input's; empty for a tower without layers, which returns its input.</param>
    public Tower(IDevice device, string name, IReadOnlyList<int> widths) => Layers =
        [.. widths.Zip(widths.Skip(1)).Select((pair, i) => new Linear(device, $"{name}.{i}", pair.First, pair.Second))];

    private Tower(IReadOnlyList<Linear> layers) => Layers = layers;

    /// <summary>The layers, from the input on.</summary>
    public IReadOnlyList<Linear> Layers { get; }

    /// <summary>The layers' parameters.</summary>
    public IEnumerable<Parameter> Parameters => Layers.SelectMany(layer => layer.Parameters);

    /// <summary>A tower for a fork: copies of the last <paramref name="own"/> layers, and frozen views of the others.</summary>
    public Tower Forked(IDevice device, int own) =>
        new([.. Layers.Select((layer, i) => i < Layers.Count - own ? layer.Frozen() : layer.Copy(device))]);

    /// <summary>A frozen view of this tower for another model, in the same memory.</summary>
    public Tower Frozen() => new([.. Layers.Select(layer => layer.Frozen())]);

    /// <summary>Draws the layers' initial values.</summary>
    public void Initialise(ulong seed, string purpose)
    {
        foreach (Linear layer in Layers)
            layer.Initialise(seed, purpose);
    }

    /// <summary>The tower applied to x.</summary>
    public Tensor Apply(Tape tape, Tensor x)
    {
        for (int i = 0; i < Layers.Count; i++)
            x = tape.Relu(Layers[i].Apply(tape, x));
        return x;
    }
}
