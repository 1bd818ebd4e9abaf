// A tower: dense layers, each followed by ReLU and, in training, by dropout if it has any.

namespace ForecEngine.Recommenders.Models;

/// <summary>A tower of dense layers with ReLU, named <c>NAME.0</c>, <c>NAME.1</c>, ...</summary>
public sealed class Tower
{
    private readonly Dropout[] _dropouts = [];

    /// <summary>A tower of zeros.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="name">The layers' common name.</param>
    /// <param name="widths">The widths, beginning with the input's; empty for a tower without layers, which returns its input.</param>
    /// <param name="dropout">The probability that a training step drops a unit.</param>
    public Tower(IDevice device, string name, IReadOnlyList<int> widths, double dropout = 0)
        : this(
            [.. widths.Zip(widths.Skip(1)).Select((pair, i) => new Linear(device, $"{name}.{i}", pair.First, pair.Second))], device,
            dropout)
    {
    }

    private Tower(IReadOnlyList<Linear> layers) => Layers = layers;

    private Tower(IReadOnlyList<Linear> layers, IDevice device, double dropout)
        : this(layers) => _dropouts = [.. layers.Select(layer => new Dropout(device, layer.Weight.Name, dropout))];

    /// <summary>The layers, from the input on.</summary>
    public IReadOnlyList<Linear> Layers { get; }

    /// <summary>The layers' parameters.</summary>
    public IEnumerable<Parameter> Parameters => Layers.SelectMany(layer => layer.Parameters);

    /// <summary>A tower for a fork: copies of the last <paramref name="own"/> layers, and frozen views of the others.</summary>
    public Tower Forked(IDevice device, int own, double dropout = 0) =>
        new([.. Layers.Select((layer, i) => i < Layers.Count - own ? layer.Frozen() : layer.Copy(device))], device, dropout);

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

    /// <summary>The tower applied to x in a training step, with dropout.</summary>
    /// <param name="tape">The tape to record on.</param>
    /// <param name="x">The input.</param>
    /// <param name="batch">The samples of x.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="step">The step, from 1.</param>
    internal Tensor Apply(Tape tape, Tensor x, Minibatch batch, ulong seed, int step)
    {
        for (int i = 0; i < Layers.Count; i++)
            x = _dropouts[i].Apply(tape, tape.Relu(Layers[i].Apply(tape, x)), seed, step, batch.Users, batch.Items);
        return x;
    }
}
