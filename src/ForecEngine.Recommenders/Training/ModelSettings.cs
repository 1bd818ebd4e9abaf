// The settings of a model: its sizes and its initial values.

namespace ForecEngine.Recommenders.Training;

/// <summary>A model's sizes and initial values.</summary>
public sealed record ModelSettings
{
    /// <summary>The embeddings' dimension.</summary>
    public int Dimension { get; init; } = 8;

    /// <summary>The MLP's widths, the first of them twice the dimension.</summary>
    public Widths Layers { get; init; } = [16, 64, 32, 16, 8];

    /// <summary>The standard deviation of initial embedding vectors.</summary>
    [JsonPropertyName("embedding_deviation")]
    public double StandardDeviation { get; init; } = 1;

    /// <summary>Whether nmf takes the biases of mlp's layers along with their weights.</summary>
    public bool TransferBiases { get; init; } = true;

    /// <summary>The settings of ddtcdr; null in a phase of another model.</summary>
    public DdtcdrOptions? Ddtcdr { get; init; } = new();
}
