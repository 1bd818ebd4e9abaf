// Every model by the name that plans and checkpoints use.

namespace ForecEngine.Recommenders.Models;

/// <summary>The models by name.</summary>
public static class ModelCatalog
{
    private static readonly Lock s_adding = new();
    private static SortedDictionary<string, ModelEntry> s_models = new(StringComparer.Ordinal);

    static ModelCatalog()
    {
        Add(Popularity.Entry);
        Add(ItemNeighbours.Entry);
        Add(new("bpr-mf", (device, shape) => new BprMf(device, shape), NetworkShapes.BprMf) { HasDotProducts = true });
        Add(ItemWeights.Entry);
        Add(FactorisedItems.Entry);
        Add(ItemBag.Entry);
        Add(Blend.Entry);
        Add(new("conet", (device, shape) => new CoNet(device, shape), NetworkShapes.CoNet) { NeedsOneMarket = true, HasLayers = true });
        ModelEntry ddtcdr = new("ddtcdr", (device, shape) => new Ddtcdr(device, shape), NetworkShapes.Ddtcdr);
        Add(ddtcdr with { NeedsOneMarket = true, SetsTargetApart = true });
        foreach ((string prefix, bool aware) in ((string, bool)[])[("", false), ("ma-", true)])
        {
            ModelEntry gmf = new($"{prefix}gmf", (device, shape) => new Gmf(device, shape, aware), file => NetworkShapes.Gmf(file, aware));
            Add(gmf with { HasDotProducts = true });
            ModelEntry mlp = new($"{prefix}mlp", (device, shape) => new Mlp(device, shape, aware), file => NetworkShapes.Mlp(file, aware));
            ModelEntry nmf = new($"{prefix}nmf", (device, shape) => new Nmf(device, shape, aware), file => NetworkShapes.Nmf(file, aware));
            Add(mlp with { HasLayers = true, HasDropout = true });
            Add(nmf with { HasLayers = true, HasDropout = true });
        }
    }

    /// <summary>The names of the models that are trained by gradient, in order.</summary>
    public static IReadOnlyList<string> Names => [.. s_models.Values.Where(model => model.Create is not null).Select(model => model.Name)];

    /// <summary>Adds a model.</summary>
    /// <exception cref="ArgumentException">There is a model of that name.</exception>
    public static void Add(ModelEntry model)
    {
        lock (s_adding)
        {
            if (s_models.ContainsKey(model.Name))
                throw new ArgumentException($"there already is a model called '{model.Name}'", nameof(model));
            s_models = new(s_models, StringComparer.Ordinal) { [model.Name] = model };
        }
    }

    /// <summary>A model's entry.</summary>
    /// <exception cref="ArgumentException">There is no model of that name.</exception>
    public static ModelEntry Find(string name) => s_models.TryGetValue(name, out ModelEntry? model)
        ? model
        : throw new ArgumentException($"no model is called '{name}'; there are {string.Join(", ", s_models.Keys)}", nameof(name));

    /// <summary>A model of zeros.</summary>
    /// <exception cref="ArgumentException">There is no model of that name, or it is not trained by gradient.</exception>
    public static IRecommender Create(string name, IDevice device, ModelShape shape) => Find(name).Create is { } create
        ? create(device, shape)
        : throw new ArgumentException($"the model '{name}' is not trained by gradient", nameof(name));

    /// <summary>Finds which model a checkpoint holds, and its sizes.</summary>
    /// <exception cref="CheckpointException">It has no model of the catalog, or a damaged one.</exception>
    public static (ModelEntry Model, ModelShape Shape) Identify(SafetensorsFile file)
    {
        foreach (ModelEntry model in s_models.Values)
        {
            if (model.Recognise(file) is { } shape)
                return (model, shape);
        }

        throw new CheckpointException(file.Path, $"has none of the models {string.Join(", ", s_models.Keys)}");
    }
}
