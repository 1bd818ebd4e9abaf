// A model as a safetensors file: its parameters under the names that the PyTorch implementations of neural
// collaborative filtering use, so that either side reads the other's file.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;

namespace ForecEngine.Recommenders.Models;

/// <summary>Reads and writes models.</summary>
public static class ModelCheckpoint
{
    /// <summary>Writes a model's parameters, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="metadata">What else to say, as text.</param>
    public static void Write(string path, IRecommender model, IReadOnlyDictionary<string, string> metadata) =>
        SafetensorsFile.Write(path, [.. model.Parameters.Select(ToTensor)], metadata);

    /// <summary>Which model of the catalog a file holds, told by the names of its tensors, and its sizes.</summary>
    /// <exception cref="CheckpointException">The tensors are not those of a model.</exception>
    public static (string Model, ModelShape Shape) Identify(SafetensorsFile file)
    {
        bool both = file.TryFind("embedding_user_mlp.weight", out _);
        bool tower = file.TryFind("fc_layers.0.weight", out _);
        (string model, string suffix) = both ? ("nmf", "_mlp") : tower ? ("mlp", "") : ("gmf", "");
        SafeTensor user = file.Find($"embedding_user{suffix}.weight"), item = file.Find($"embedding_item{suffix}.weight");
        foreach (SafeTensor table in (ReadOnlySpan<SafeTensor>)[user, item])
        {
            if (table.Shape is not [> 0, > 0])
                throw new CheckpointException(file.Path, $"{table.Name} is not a table: its shape is [{string.Join(", ", table.Shape)}]");
        }

        List<int> layers = [2 * user.Shape[1]];
        for (int i = 0; file.TryFind($"fc_layers.{i}.weight", out SafeTensor? weight); i++)
            layers.Add(weight.Shape is [> 0, > 0] ? weight.Shape[0] : throw new CheckpointException(file.Path, $"{weight.Name} is not a matrix"));
        return (model, new ModelShape(user.Shape[0], item.Shape[0], user.Shape[1], layers));
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

    private static SafeTensor ToTensor(Parameter parameter)
    {
        Real[] values = new Real[parameter.Value.Values.Length];
        parameter.Value.Values.Read(values);
        return SafeTensor.Of(parameter.Name, values, [.. parameter.Shape]);
    }
}
