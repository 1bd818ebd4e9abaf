// Reads the parameters of a model from a safetensors file. Their names are those of the PyTorch implementations of neural collaborative
// filtering, so that either side can read the other's files.

namespace ForecEngine.Recommenders.Models;

/// <summary>Reads models.</summary>
public static class ModelCheckpoint
{
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
