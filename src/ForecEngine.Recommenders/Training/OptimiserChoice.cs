// Which optimiser moves a phase's parameters: a name for records, and how it is made.

namespace ForecEngine.Recommenders.Training;

/// <summary>An optimiser by name.</summary>
/// <param name="Name">What records call it: another name for whatever trains otherwise.</param>
/// <param name="Create">Makes it for parameters.</param>
public sealed record OptimiserChoice(
    string Name, [property: JsonIgnore] Func<IDevice, IReadOnlyList<Parameter>, GradientFit, Optimiser> Create)
{
    /// <summary>Adam, as torch has it.</summary>
    public static OptimiserChoice Adam { get; } = new("adam", (device, parameters, fit) =>
        new AdamOptimiser(device, parameters, new AdamOptions(fit.LearningRate, fit.Gradient.L2, fit.Gradient.Adam)));

    /// <summary>Plain gradient descent.</summary>
    public static OptimiserChoice Sgd { get; } = new("sgd", (device, parameters, fit) =>
        new SgdOptimiser(device, parameters, fit.LearningRate, fit.Gradient.L2));
}
