// The choice of an optimiser: its name in records, and a function that creates it.

namespace ForecEngine.Recommenders.Training;

/// <summary>An optimiser by name.</summary>
/// <param name="Name">
/// The name in records. Optimisers that train differently from the same <see cref="GradientFit"/> need different names, so the name has
/// every constant that <paramref name="Create"/> adds.
/// </param>
/// <param name="Create">Creates the optimiser for parameters.</param>
public sealed record OptimiserChoice(
    string Name, [property: JsonIgnore] Func<IDevice, IReadOnlyList<Parameter>, GradientFit, Optimiser> Create)
{
    /// <summary>Adam, like torch.optim.Adam.</summary>
    public static OptimiserChoice Adam { get; } = new("adam", (device, parameters, fit) =>
        new AdamOptimiser(device, parameters, new AdamOptions(fit.LearningRate, fit.Gradient.L2, fit.Gradient.Adam)));

    /// <summary>Plain gradient descent.</summary>
    public static OptimiserChoice Sgd { get; } = new("sgd", (device, parameters, fit) =>
        new SgdOptimiser(device, parameters, fit.LearningRate, fit.Gradient.L2));
}
