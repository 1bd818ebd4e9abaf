// Dense layers, each followed by a rectifier.

using ForecEngine.Autodiff;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>A tower of dense layers with rectifiers, named <c>NAME.0</c>, <c>NAME.1</c>, ...</summary>
public sealed class Tower
{
    /// <summary>A tower of zeros.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="name">The layers' common name.</param>
    /// <param name="widths">The widths, the first of them the input's; none for a tower without layers, which passes its input on.</param>
    public Tower(IDevice device, string name, IReadOnlyList<int> widths) =>
        Layers = [.. Enumerable.Range(0, Math.Max(0, widths.Count - 1)).Select(i => new Linear(device, $"{name}.{i}", widths[i], widths[i + 1]))];

    private Tower(IReadOnlyList<Linear> layers) => Layers = layers;

    /// <summary>The layers, from the input on.</summary>
    public IReadOnlyList<Linear> Layers { get; }

    /// <summary>The layers' parameters.</summary>
    public IEnumerable<Parameter> Parameters => Layers.SelectMany(layer => layer.Parameters);

    /// <summary>
    /// Another model's tower: views of these layers, the same memory and frozen, but for the last
    /// <paramref name="own"/>, which are copies.
    /// </summary>
    public Tower Forked(IDevice device, int own) => new([.. Layers.Select((layer, i) => i < Layers.Count - own ? layer.Frozen() : layer.Copy(device))]);

    /// <summary>Another model's view of this tower: the same memory, frozen.</summary>
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
