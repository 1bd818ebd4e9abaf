// The names and shapes of a model's tensors, known before the model is made. A checkpoint is compared with them first, so that
// no memory is allocated for sizes that its tensors do not have.

namespace ForecEngine.Recommenders.Models;

/// <summary>A tensor that a checkpoint must have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its extents.</param>
internal readonly record struct TensorShape(string Name, IReadOnlyList<int> Shape);

/// <summary>The tensors of the catalog's models.</summary>
internal static class ModelTensors
{
    /// <summary>The tensors of a model, as its parameters will be.</summary>
    /// <param name="model">A name of the catalog.</param>
    /// <param name="shape">Its sizes.</param>
    public static IEnumerable<TensorShape> Of(string model, ModelShape shape) => model switch
    {
        "conet" or "ddtcdr" => OfNetworks(model, shape),
        "gmf" or "ma-gmf" => [.. Tables("", model, shape), .. Linear("affine_output", shape.Dimension, 1)],
        "mlp" or "ma-mlp" =>
        [
            .. Tables("", model, shape), .. Tower("fc_layers", shape.Layers), .. Linear("affine_output", shape.Layers[^1], 1),
        ],
        "nmf" or "ma-nmf" =>
        [
            .. Tables("_mlp", model, shape), .. Tables("_mf", model, shape),
            .. Tower("fc_layers", shape.Layers), .. Tower("mh_layers", shape.Head),
            .. Linear("affine_output", shape.Head.Count > 0 ? shape.Head[^1] : shape.Layers[^1] + shape.Dimension, 1),
        ],
        _ => throw new ArgumentException($"no model is called '{model}'; there are {string.Join(", ", ModelCatalog.Names)}", nameof(model)),
    };

    private static IEnumerable<TensorShape> OfNetworks(string model, ModelShape shape)
    {
        yield return new("embedding_user.weight", [shape.Users, shape.Dimension]);
        for (int market = 0; market < shape.Markets; market++)
        {
            string name = MarketNetwork.Name(market);
            yield return new($"{name}.embedding_item.weight", [shape.Items, shape.Dimension]);
            IEnumerable<TensorShape> layers = Tower($"{name}.fc_layers", shape.Layers)
                .Concat(Linear($"{name}.affine_output", shape.Layers[^1], 1));
            if (model == "ddtcdr" && market != shape.Target)
            {
                layers = layers.Concat(Linear($"{name}.bridge_from_target", shape.Dimension, shape.Dimension))
                    .Concat(Linear($"{name}.bridge_to_target", shape.Dimension, shape.Dimension));
            }

            foreach (TensorShape tensor in layers)
                yield return tensor;
        }

        for (int i = 0; model == "conet" && i < shape.Layers.Count - 1; i++)
            yield return new($"cross_layers.{i}.weight", [shape.Layers[i + 1], shape.Layers[i]]);
    }

    private static IEnumerable<TensorShape> Tables(string suffix, string model, ModelShape shape)
    {
        yield return new($"embedding_user{suffix}.weight", [shape.Users, shape.Dimension]);
        yield return new($"embedding_item{suffix}.weight", [shape.Items, shape.Dimension]);
        if (model.StartsWith("ma-", StringComparison.Ordinal))
            yield return new($"embedding_market{suffix}.weight", [shape.Markets, shape.Dimension]);
    }

    private static IEnumerable<TensorShape> Tower(string name, IReadOnlyList<int> widths) =>
        Enumerable.Range(0, Math.Max(0, widths.Count - 1)).SelectMany(i => Linear($"{name}.{i}", widths[i], widths[i + 1]));

    private static TensorShape[] Linear(string name, int inputs, int outputs) =>
        [new($"{name}.weight", [outputs, inputs]), new($"{name}.bias", [outputs])];
}
