// A model as a safetensors file: its parameters under the names that the PyTorch implementations of neural
// collaborative filtering use, so that either side reads the other's file.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>Reads and writes models.</summary>
public static class ModelCheckpoint
{
    private const int LargestDimension = 1 << 24;

    /// <summary>Writes a model's parameters, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="metadata">What else to say, as text.</param>
    public static void Write(string path, IRecommender model, IReadOnlyDictionary<string, string> metadata) =>
        SafetensorsFile.Write(path, [.. model.Parameters.Select(ToTensor)], metadata);

    /// <summary>
    /// Finds which model of the catalog a file holds, by the names of its tensors, and its sizes, against which every tensor is checked.
    /// </summary>
    /// <exception cref="CheckpointException">The tensors are not those of a model.</exception>
    public static (string Model, ModelShape Shape) Identify(SafetensorsFile file)
    {
        int markets = 0;
        while (file.TryFind($"{MarketNetwork.Name(markets)}.affine_output.weight", out _))
            markets++;
        (string model, ModelShape shape) = markets > 0 ? IdentifyNetworks(file, markets) : IdentifyOne(file);
        foreach ((string name, IReadOnlyList<int> extents) in ModelTensors.Of(model, shape))
            file.Find(name, [.. extents]);
        return (model, shape);
    }

    // One network for all markets: gmf, mlp or nmf, market-aware where markets have a table.
    private static (string Model, ModelShape Shape) IdentifyOne(SafetensorsFile file)
    {
        bool both = file.TryFind("embedding_user_mlp.weight", out _);
        bool tower = file.TryFind("fc_layers.0.weight", out _);
        (string model, string suffix) = both ? ("nmf", "_mlp") : tower ? ("mlp", "") : ("gmf", "");
        SafeTensor user = Table(file, $"embedding_user{suffix}.weight"), item = Table(file, $"embedding_item{suffix}.weight");
        SafeTensor? market = file.TryFind($"embedding_market{suffix}.weight", out _) ? Table(file, $"embedding_market{suffix}.weight") : null;
        List<int> layers = [Twice(file, user), .. Outputs(file, "fc_layers")];
        List<int> head = [.. Outputs(file, "mh_layers")];
        if (head.Count > 0)
            head.Insert(0, layers[^1] + user.Shape[1]);
        ModelShape shape = new(user.Shape[0], item.Shape[0], user.Shape[1], layers) { Head = head, Markets = market?.Shape[0] ?? 1 };
        return (market is null ? model : $"ma-{model}", shape);
    }

    // A network a market: conet, or ddtcdr, whose target is the market without bridges.
    private static (string Model, ModelShape Shape) IdentifyNetworks(SafetensorsFile file, int markets)
    {
        SafeTensor user = Table(file, "embedding_user.weight"), item = Table(file, $"{MarketNetwork.Name(0)}.embedding_item.weight");
        int[] layers = [Twice(file, user), .. Outputs(file, $"{MarketNetwork.Name(0)}.fc_layers")];
        ModelShape shape = new(user.Shape[0], item.Shape[0], user.Shape[1], layers) { Markets = markets };
        if (file.TryFind("cross_layers.0.weight", out _))
            return ("conet", shape);
        int[] targets = [.. Enumerable.Range(0, markets).Where(market => !file.TryFind($"{MarketNetwork.Name(market)}.bridge_from_target.weight", out _))];
        return targets.Length == 1
            ? ("ddtcdr", shape with { Target = targets[0] })
            : throw new CheckpointException(file.Path, $"networks of {markets} markets, of which {targets.Length} have no bridge; one is the target and has none");
    }

    private static SafeTensor Table(SafetensorsFile file, string name)
    {
        SafeTensor table = file.Find(name);
        return table.Shape is [> 0, > 0] ? table : throw new CheckpointException(file.Path, $"{name} is not a table: its shape is [{string.Join(", ", table.Shape)}]");
    }

    // The input of the first layer. Dimensions past the checkpoint's own limits stay within an int.
    private static int Twice(SafetensorsFile file, SafeTensor user) => user.Shape[1] <= LargestDimension
        ? 2 * user.Shape[1]
        : throw new CheckpointException(file.Path, $"{user.Name} is of dimension {user.Shape[1]}; {LargestDimension} is the largest");

    private static IEnumerable<int> Outputs(SafetensorsFile file, string tower)
    {
        for (int i = 0; file.TryFind($"{tower}.{i}.weight", out SafeTensor? weight); i++)
            yield return weight.Shape is [> 0, > 0] ? weight.Shape[0] : throw new CheckpointException(file.Path, $"{weight.Name} is not a matrix");
    }

    /// <summary>Overwrites a model's parameters with a file's.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, has another shape or is not of floats; nothing is overwritten then.</exception>
    public static void Read(SafetensorsFile file, IRecommender model)
    {
        Real[][] values = [.. model.Parameters.Select(p => Values(file.Find(p.Name, [.. p.Shape])))];
        foreach ((Parameter parameter, Real[] read) in model.Parameters.Zip(values))
            parameter.Value.Values.Write(read);
    }

    private static Real[] Values(SafeTensor tensor)
    {
        Real[] values = new Real[tensor.Count];
        tensor.CopyTo(values);
        return values;
    }

    private static SafeTensor ToTensor(Parameter parameter) => SafeTensor.Of(parameter.Name, parameter.Value.Values, [.. parameter.Shape]);
}
