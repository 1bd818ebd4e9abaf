// Reads and writes models as safetensors files, with the parameter names of the PyTorch implementations of neural collaborative
// filtering, so that either side can read the other's files.

namespace ForecEngine.Recommenders.Models;

/// <summary>Reads and writes models.</summary>
public static class ModelCheckpoint
{
    /// <summary>Writes a model's tensors atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="metadata">The file's metadata.</param>
    public static void Write(string path, IFittedModel model, IReadOnlyDictionary<string, string> metadata) =>
        SafetensorsFile.Write(path, [.. model.Tensors], metadata);

    /// <summary>Overwrites a model's parameters with those of a file.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or has another shape or type. The model is unchanged then.</exception>
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
}
