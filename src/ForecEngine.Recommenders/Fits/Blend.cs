// A blend of models: score(u, j) = the sum over its parts of weight x feature, where the feature is a function of the part's score
// (BlendPart.cs).

namespace ForecEngine.Recommenders.Fits;

/// <summary>A blend as a model.</summary>
/// <param name="parts">The parts with their weights.</param>
/// <param name="models">The model of each part.</param>
public sealed class Blend(IReadOnlyList<BlendPart> parts, IReadOnlyList<IFittedModel> models) : IFittedModel
{
    private const string Prefix = "blend.";

    /// <summary>The model's entry in the catalog.</summary>
    public static ModelEntry Entry { get; } = new("blend", Recognise, (device, file, shape) =>
    {
        List<BlendPart> parts = [];
        List<IFittedModel> models = [];
        foreach (string key in Keys(file))
        {
            double[] values = new double[2];
            file.Find($"{Prefix}{key}", 2).CopyTo(values);
            if (!values.All(double.IsFinite))
                throw new CheckpointException(file.Path, $"{Prefix}{key} is damaged: expects finite numbers");
            parts.Add(new BlendPart(key, values[0], values[1] < 0 ? null : values[1]));
            models.Add(OfPart(file, key, own =>
            {
                (ModelEntry entry, ModelShape found) = ModelCatalog.Identify(own);
                return found.Items == shape.Items
                    ? entry.Load(device, own, found)
                    : throw new CheckpointException(own.Path, $"has {found.Items} items, other parts {shape.Items}");
            }));
        }

        return new Blend(parts, models);
    });

    /// <summary>The parts with their fitted weights.</summary>
    public IReadOnlyList<BlendPart> Parts => parts;

    /// <inheritdoc/>
    public IEnumerable<SafeTensor> Tensors =>
    [
        .. parts.Select(part => SafeTensor.Of($"{Prefix}{part.Key}", [part.Weight, part.Epsilon ?? -1], 2)),
        .. parts.Zip(models).SelectMany(pair => pair.Second.Tensors.Select(tensor => tensor.Renamed($"{pair.First.Key}/{tensor.Name}"))),
    ];

    /// <inheritdoc/>
    public IScorer Scorer(IDevice device, int market, NewUsers? newUsers = null) =>
        new BlendScorer(parts, [.. models.Select(model => model.Scorer(device, market, newUsers))]);

    // Parts have tensors of the same names, so that an error names the part.
    private static T OfPart<T>(SafetensorsFile file, string key, Func<SafetensorsFile, T> read)
    {
        try
        {
            return read(file.Within($"{key}/"));
        }
        catch (CheckpointException fault)
        {
            throw new CheckpointException(file.Path, $"part '{key}': {fault.Problem}", fault);
        }
    }

    private static IEnumerable<string> Keys(SafetensorsFile file) => file.Tensors
        .Where(tensor => tensor.Name.StartsWith(Prefix, StringComparison.Ordinal)).Select(tensor => tensor.Name[Prefix.Length..])
        .Order(StringComparer.Ordinal);

    private static ModelShape? Recognise(SafetensorsFile file) => Keys(file).FirstOrDefault() is { } key
        ? OfPart(file, key, own => ModelCatalog.Identify(own).Shape)
        : null;
}
