// Recognises the neural models in a checkpoint by the names of their tensors, and reads their sizes. The shape of every tensor is checked
// here, so that a damaged file cannot cause a large allocation.

namespace ForecEngine.Recommenders.Models;

internal static class NetworkShapes
{
    private const int LargestDimension = 1 << 24;
    private const string Tower = "fc_layers", Head = "mh_layers", Output = "affine_output";

    /// <summary>bpr-mf: vectors and the items' biases.</summary>
    public static ModelShape? BprMf(SafetensorsFile file)
    {
        if (!Has(file, "user_embedding.weight"))
            return null;
        (int users, int dimension) = Table(file, "user_embedding.weight");
        (int items, _) = Table(file, "item_embedding.weight", dimension);
        file.Find("item_bias.weight", items, 1);
        return new ModelShape(users, items, dimension, []);
    }

    /// <summary>gmf: vectors and an output layer.</summary>
    public static ModelShape? Gmf(SafetensorsFile file, bool marketAware)
    {
        if (!HasOnePair(file, marketAware) || Has(file, $"{Tower}.0.weight"))
            return null;
        ModelShape shape = Tables(file, "", marketAware);
        Linear(file, Output, shape.Dimension, 1);
        return shape;
    }

    /// <summary>mlp: vectors under a tower.</summary>
    public static ModelShape? Mlp(SafetensorsFile file, bool marketAware)
    {
        if (!HasOnePair(file, marketAware) || !Has(file, $"{Tower}.0.weight"))
            return null;
        ModelShape shape = Tables(file, "", marketAware);
        shape = shape with { Layers = Layers(file, Tower, 2 * shape.Dimension) };
        Linear(file, Output, shape.Layers[^1], 1);
        return shape;
    }

    /// <summary>nmf: two pairs of vectors, a tower, and the head of a fork.</summary>
    public static ModelShape? Nmf(SafetensorsFile file, bool marketAware)
    {
        if (!Has(file, "embedding_user_mlp.weight") || IsAware(file, "_mlp") != marketAware)
            return null;
        ModelShape shape = Tables(file, "_mlp", marketAware);
        file.Find("embedding_user_mf.weight", shape.Users, shape.Dimension);
        file.Find("embedding_item_mf.weight", shape.Items, shape.Dimension);
        if (marketAware)
            file.Find("embedding_market_mf.weight", shape.Markets, shape.Dimension);
        List<int> layers = Layers(file, Tower, 2 * shape.Dimension), head = Layers(file, Head, layers[^1] + shape.Dimension);
        Linear(file, Output, head[^1], 1);
        return shape with { Layers = layers, Head = head.Count > 1 ? head : [] };
    }

    /// <summary>conet: a network for each market, connected in every layer.</summary>
    public static ModelShape? CoNet(SafetensorsFile file)
    {
        if (!IsOfNetworks(file) || !Has(file, "cross_layers.0.weight"))
            return null;
        ModelShape shape = Networks(file);
        for (int i = 0; i < shape.Layers.Count - 1; i++)
            file.Find($"cross_layers.{i}.weight", shape.Layers[i + 1], shape.Layers[i]);
        return shape;
    }

    /// <summary>ddtcdr: a network for each market, with bridges for all except the target.</summary>
    public static ModelShape? Ddtcdr(SafetensorsFile file)
    {
        if (!IsOfNetworks(file) || Has(file, "cross_layers.0.weight"))
            return null;
        ModelShape shape = Networks(file);
        int[] targets = [.. Enumerable.Range(0, shape.Markets).Where(
            market => !Has(file, $"{MarketNetwork.Name(market)}.bridge_from_target.weight"))];
        if (targets.Length != 1)
        {
            string found = $"networks of {shape.Markets} markets, of which {targets.Length} have no bridge";
            throw new CheckpointException(file.Path, $"{found}; expects one without a bridge, the target");
        }

        foreach (int market in Enumerable.Range(0, shape.Markets).Except(targets))
        {
            Linear(file, $"{MarketNetwork.Name(market)}.bridge_from_target", shape.Dimension, shape.Dimension);
            Linear(file, $"{MarketNetwork.Name(market)}.bridge_to_target", shape.Dimension, shape.Dimension);
        }

        return shape with { Target = targets[0] };
    }

    private static bool HasOnePair(SafetensorsFile file, bool marketAware) =>
        Has(file, "embedding_user.weight") && !IsOfNetworks(file) && IsAware(file, "") == marketAware;

    private static bool IsOfNetworks(SafetensorsFile file) => Has(file, $"{MarketNetwork.Name(0)}.{Output}.weight");

    private static bool IsAware(SafetensorsFile file, string suffix) => Has(file, $"embedding_market{suffix}.weight");

    private static bool Has(SafetensorsFile file, string name) => file.TryFind(name, out _);

    private static ModelShape Tables(SafetensorsFile file, string suffix, bool marketAware)
    {
        (int users, int dimension) = Table(file, $"embedding_user{suffix}.weight");
        (int items, _) = Table(file, $"embedding_item{suffix}.weight", dimension);
        int markets = marketAware ? Table(file, $"embedding_market{suffix}.weight", dimension).Rows : 1;
        return new ModelShape(users, items, dimension, [2 * dimension]) { Markets = markets };
    }

    private static ModelShape Networks(SafetensorsFile file)
    {
        int markets = 1;
        while (Has(file, $"{MarketNetwork.Name(markets)}.{Output}.weight"))
            markets++;
        (int users, int dimension) = Table(file, "embedding_user.weight");
        (int items, _) = Table(file, $"{MarketNetwork.Name(0)}.embedding_item.weight", dimension);
        List<int> layers = Layers(file, $"{MarketNetwork.Name(0)}.{Tower}", 2 * dimension);
        foreach (string network in Enumerable.Range(0, markets).Select(MarketNetwork.Name))
        {
            file.Find($"{network}.embedding_item.weight", items, dimension);
            for (int i = 0; i < layers.Count - 1; i++)
                Linear(file, $"{network}.{Tower}.{i}", layers[i], layers[i + 1]);
            Linear(file, $"{network}.{Output}", layers[^1], 1);
        }

        return new ModelShape(users, items, dimension, layers) { Markets = markets };
    }

    // The sizes of a table, whose dimension is checked if it is known. The limit keeps twice the dimension within an int.
    private static (int Rows, int Dimension) Table(SafetensorsFile file, string name, int? dimension = null)
    {
        SafeTensor table = file.Find(name);
        if (table.Shape is not [> 0, > 0])
            throw new CheckpointException(file.Path, $"{name} is not a table: its shape is [{string.Join(", ", table.Shape)}]");
        if (table.Shape[1] > LargestDimension)
            throw new CheckpointException(file.Path, $"{name} has dimension {table.Shape[1]}; expects at most {LargestDimension}");
        file.Find(name, table.Shape[0], dimension ?? table.Shape[1]);
        return (table.Shape[0], table.Shape[1]);
    }

    // The widths of a tower, beginning with its input's.
    private static List<int> Layers(SafetensorsFile file, string tower, int inputs)
    {
        List<int> widths = [inputs];
        for (int i = 0; file.TryFind($"{tower}.{i}.weight", out SafeTensor? weight); i++)
        {
            if (weight.Shape is not [> 0 and int outputs, > 0])
                throw new CheckpointException(file.Path, $"{weight.Name} is not a matrix");
            Linear(file, $"{tower}.{i}", widths[^1], outputs);
            widths.Add(outputs);
        }

        return widths;
    }

    private static void Linear(SafetensorsFile file, string name, int inputs, int outputs)
    {
        file.Find($"{name}.weight", outputs, inputs);
        file.Find($"{name}.bias", outputs);
    }
}
