// How a phase's model begins.

namespace ForecEngine.Recommenders.Training;

/// <summary>Makes a phase's model. Its properties determine the result; records hold them.</summary>
[JsonConverter(typeof(ByType<Initialiser>))]
public abstract record Initialiser
{
    /// <summary>Makes the model.</summary>
    /// <param name="wanted">What the phase asks.</param>
    /// <param name="earlier">The models of the plan's earlier phases, by <see cref="Phase.Key"/>.</param>
    public abstract IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier);
}

/// <summary>What a phase asks of its model.</summary>
/// <param name="Device">Where it lives.</param>
/// <param name="Model">Its name in the catalog.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="StandardDeviation">The standard deviation of initial embedding vectors.</param>
/// <param name="Seed">The experiment's seed.</param>
/// <param name="Purpose">What distinguishes it from others of the same seed, such as <c>nmf++/de,uk</c>.</param>
public sealed record ModelRequest(IDevice Device, string Model, ModelShape Shape, double StandardDeviation, ulong Seed, string Purpose)
{
    /// <summary>A model with initial values of its own.</summary>
    public IRecommender Fresh()
    {
        IRecommender model = ModelCatalog.Create(Model, Device, Shape);
        model.Initialise(Seed, Purpose, StandardDeviation);
        return model;
    }
}
