// Every model by the name that plans and checkpoints use. Adding a model adds its file, a line here and a test.

using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>The models by name.</summary>
public static class ModelCatalog
{
    private static readonly SortedDictionary<string, Func<IDevice, ModelShape, IRecommender>> s_models = new(StringComparer.Ordinal)
    {
        ["conet"] = (device, shape) => new CoNet(device, shape),
        ["ddtcdr"] = (device, shape) => new Ddtcdr(device, shape),
        ["gmf"] = (device, shape) => new Gmf(device, shape),
        ["ma-gmf"] = (device, shape) => new Gmf(device, shape, marketAware: true),
        ["ma-mlp"] = (device, shape) => new Mlp(device, shape, marketAware: true),
        ["ma-nmf"] = (device, shape) => new Nmf(device, shape, marketAware: true),
        ["mlp"] = (device, shape) => new Mlp(device, shape),
        ["nmf"] = (device, shape) => new Nmf(device, shape),
    };

    /// <summary>The names, in order.</summary>
    public static IReadOnlyCollection<string> Names => s_models.Keys;

    /// <summary>Whether a model scores minibatches of one market only.</summary>
    public static bool NeedsOneMarket(string name) => name is "conet" or "ddtcdr";

    /// <summary>Whether a model has the widths of <see cref="ModelShape.Layers"/> to choose; those of ddtcdr are its own.</summary>
    public static bool HasLayers(string name) => name is not ("gmf" or "ma-gmf" or "ddtcdr");

    /// <summary>Whether a model sets the target apart, so that it is another one for another target.</summary>
    public static bool SetsTargetApart(string name) => name is "ddtcdr";

    /// <summary>Whether a model is of the family that the fused step trains.</summary>
    public static bool HasFusedStep(string name) => name is "gmf" or "mlp" or "nmf" or "ma-gmf" or "ma-mlp" or "ma-nmf";

    /// <summary>A model of zeros.</summary>
    /// <exception cref="ArgumentException">There is no model of that name.</exception>
    public static IRecommender Create(string name, IDevice device, ModelShape shape) =>
        s_models.TryGetValue(name, out Func<IDevice, ModelShape, IRecommender>? create)
            ? create(device, shape)
            : throw new ArgumentException($"no model is called '{name}'; there are {string.Join(", ", Names)}", nameof(name));
}
