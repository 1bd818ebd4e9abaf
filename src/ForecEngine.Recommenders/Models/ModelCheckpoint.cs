// A model as a safetensors file: its parameters under the names that the PyTorch implementations of neural
// collaborative filtering use, so that either side reads the other's file.

using ForecEngine.Checkpoints;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Recommenders.Models;

/// <summary>Reads and writes models.</summary>
public static class ModelCheckpoint
{
    /// <summary>Writes a model's tensors, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="metadata">What else to say, as text.</param>
    public static void Write(string path, IFittedModel model, IReadOnlyDictionary<string, string> metadata) =>
        SafetensorsFile.Write(path, [.. model.Tensors], metadata);

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
}
