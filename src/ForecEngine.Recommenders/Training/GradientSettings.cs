// The settings of gradient descent.

namespace ForecEngine.Recommenders.Training;

/// <summary>The epoch whose parameters are kept.</summary>
public enum KeptEpoch
{
    /// <summary>The last epoch.</summary>
    Last,

    /// <summary>The epoch with the best nDCG@10 on validation, the first among equals.</summary>
    Best,
}

/// <summary>The settings of gradient descent.</summary>
public sealed record GradientSettings
{
    /// <summary>Epochs of the phase.</summary>
    public int Epochs { get; init; } = 25;

    /// <summary>The L2 coefficient.</summary>
    public double L2 { get; init; } = 1e-7;

    /// <summary>The table rows that a step of Adam updates.</summary>
    public AdamMode Adam { get; init; } = AdamMode.Dense;

    /// <summary>The epoch whose parameters are kept.</summary>
    [JsonPropertyName("keep")]
    public KeptEpoch KeptEpoch { get; init; } = KeptEpoch.Last;

    /// <summary>
    /// A phase ends after this number of epochs without a better validation score, and its best epoch is kept; null for all epochs.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Patience { get; init; }

    /// <summary>How the learning rate falls in the course of a phase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RateShape Schedule { get; init; }

    /// <summary>The fraction of a phase's steps after which its learning rate begins to fall.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double DecayStart { get; init; }

    /// <summary>The fraction of the learning rate that is left at the end of a phase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double FinalRate { get; init; }

    /// <summary>
    /// The decay of the mean of the epochs' parameters, which is the result; 0 for no mean.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double WeightAveraging { get; init; }

    /// <summary>The schedule of the learning rate.</summary>
    [JsonIgnore]
    public RateSchedule RateSchedule => new(Schedule, DecayStart, FinalRate);

    /// <summary>Whether validation chooses the epoch whose parameters are kept.</summary>
    [JsonIgnore]
    public bool ChoosesEpoch => KeptEpoch == KeptEpoch.Best || Patience is not null;

    /// <summary>The first invalid value as text; null if all are valid.</summary>
    [JsonIgnore]
    internal string? Fault => this switch
    {
        { Patience: < 1 } => $"patience is {Patience}",
        { DecayStart: not (>= 0 and <= 1) } => $"decay_start is {DecayStart}",
        { FinalRate: not (>= 0 and <= 1) } => $"final_rate is {FinalRate}",
        { WeightAveraging: not (>= 0 and < 1) } => $"weight_averaging is {WeightAveraging}",
        _ => null,
    };
}
