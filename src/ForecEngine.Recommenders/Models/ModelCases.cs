// Every model of the catalog as a gradient check: its loss over a random minibatch, with ids that repeat, against
// central differences in every parameter.

using ForecEngine.Gradients;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>The gradient checks of the models' losses.</summary>
public static class ModelCases
{
    /// <summary>One case a model.</summary>
    public static IReadOnlyList<GradientCase> All { get; } =
    [
        .. ModelCatalog.Names.Select(name => new GradientCase(name, (device, seed) => Check(name, device, seed, hasHead: false))),
        new("nmf-fork", (device, seed) => Check("nmf", device, seed, hasHead: true)),
    ];

    private static GradientCheckResult Check(string name, IDevice device, ulong seed, bool hasHead)
    {
        RandomSequence draws = RandomSequence.Named(seed, $"gradcheck/{name}");
        int dimension = 1 + draws.Below(0, 8);
        ModelShape shape = new(
            Users: 1 + draws.Below(1, 6), Items: 1 + draws.Below(2, 9), dimension,
            [2 * dimension, 1 + draws.Below(3, 24), 1 + draws.Below(4, 12), 1 + draws.Below(5, 8)]);
        if (hasHead)
            shape = shape with { Head = [shape.Layers[^1] + dimension, 1 + draws.Below(7, 12), 1 + draws.Below(8, 12)] };
        IRecommender model = ModelCatalog.Create(name, device, shape);
        model.Initialise(seed, "gradcheck", embeddingDeviation: 1);

        int samples = 1 + draws.Below(6, 12);
        Minibatch batch = new(device, samples);
        int[] places = [.. Enumerable.Range(0, samples)];
        batch.Set(
            [.. places.Select(i => draws.Below(100 + (ulong)(3 * i), shape.Users))],
            [.. places.Select(i => draws.Below(101 + (ulong)(3 * i), shape.Items))],
            [.. places.Select(i => (Real)draws.Below(102 + (ulong)(3 * i), 2))]);
        return GradientCheck.Run(
            device, model.Parameters, tape => tape.BinaryCrossEntropy(model.Logits(tape, batch), tape.Constant(batch.Labels)), GradientCheckOptions.Model, seed);
    }
}
