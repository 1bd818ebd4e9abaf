// The settings of a model: sizes and initial values.

namespace ForecEngine.Recommenders.Training;

/// <summary>The sizes and initial values of a model.</summary>
public sealed record ModelSettings
{
    /// <summary>The dimension of the embeddings.</summary>
    public int Dimension { get; init; } = 8;

    /// <summary>The widths of the MLP, the first being twice the dimension.</summary>
    public Widths Layers { get; init; } = [16, 64, 32, 16, 8];

    /// <summary>The standard deviation of initial embedding vectors.</summary>
    [JsonPropertyName("embedding_deviation")]
    public double StandardDeviation { get; init; } = 1;

    /// <summary>
    /// Whether gmf starts as plain matrix factorisation (<see cref="Initialisers.UnitProduct"/>). Otherwise its output layer is random.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool UnitProduct { get; init; }

    /// <summary>Whether nmf copies the biases of the mlp layers with their weights.</summary>
    public bool TransferBiases { get; init; } = true;

    /// <summary>
    /// The probability that a training step of mlp or nmf drops a hidden unit. ddtcdr has its own, and meta-learning has none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Dropout { get; init; }

    /// <summary>The settings of ddtcdr; null in a phase of another model.</summary>
    public DdtcdrOptions? Ddtcdr { get; init; } = new();
}
