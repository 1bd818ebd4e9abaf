// Creates the initial model of a phase.

namespace ForecEngine.Recommenders.Training;

/// <summary>Creates the initial model of a phase. The properties of an initialiser are part of the record.</summary>
[JsonConverter(typeof(ByType<Initialiser>))]
public abstract record Initialiser
{
    /// <summary>Creates the model.</summary>
    /// <param name="wanted">The model that the phase needs.</param>
    /// <param name="earlier">The models of earlier phases, by <see cref="Phase.Key"/>.</param>
    public abstract IRecommender Make(ModelRequest wanted, IReadOnlyDictionary<string, IFittedModel> earlier);
}

/// <summary>The model that a phase needs.</summary>
/// <param name="Device">The device of the model.</param>
/// <param name="Model">The name in the catalog.</param>
/// <param name="Shape">The sizes of the model.</param>
/// <param name="StandardDeviation">The standard deviation of initial embedding vectors.</param>
/// <param name="Seed">The seed of the experiment.</param>
/// <param name="Purpose">The name of the model's draws and in errors, such as <c>nmf++/de,uk</c>.</param>
public sealed record ModelRequest(IDevice Device, string Model, ModelShape Shape, double StandardDeviation, ulong Seed, string Purpose)
{
    /// <summary>Creates a model with new initial values.</summary>
    public IRecommender Fresh()
    {
        IRecommender model = ModelCatalog.Create(Model, Device, Shape);
        model.Initialise(Seed, Purpose, StandardDeviation);
        return model;
    }
}
