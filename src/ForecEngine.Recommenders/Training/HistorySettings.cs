// The settings of methods that score users by their histories. Null is the default of the method.

namespace ForecEngine.Recommenders.Training;

/// <summary>The settings of histories, of statistics of items and of item bags; null for the method's own.</summary>
public sealed record HistorySettings
{
    /// <summary>The factor on the weight of an item for each later item of the user (<see cref="Fits.Recency"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RecencyDecay { get; init; }

    /// <summary>The weight of a user's oldest items.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RecencyFloor { get; init; }

    /// <summary>The number of neighbours of an item.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Neighbours { get; init; }

    /// <summary>The number added to the denominator of a cosine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Shrink { get; init; }

    /// <summary>The ridge of a linear model or of least squares.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ridge { get; init; }

    /// <summary>The epochs of an item bag.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BagEpochs { get; init; }

    /// <summary>The users of an item bag's minibatch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BagBatchSize { get; init; }

    /// <summary>The learning rate of an item bag.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BagLearningRate { get; init; }

    /// <summary>The L2 coefficient of an item bag.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BagL2 { get; init; }

    /// <summary>The dimension of item vectors and factors.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BagDimension { get; init; }

    /// <summary>The probability that an item of a history is left out in a step of training.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BagDropout { get; init; }

    /// <summary>The recency of a method, overridden by the settings.</summary>
    internal Recency Over(Recency recency) => new(RecencyDecay ?? recency.Decay, RecencyFloor ?? recency.Floor);

    /// <summary>The first invalid value as text; null if all are valid.</summary>
    [JsonIgnore]
    internal string? Fault => this switch
    {
        { RecencyDecay: not (null or (> 0 and <= 1)) } => $"recency_decay is {RecencyDecay}",
        { RecencyFloor: not (null or (>= 0 and <= 1)) } => $"recency_floor is {RecencyFloor}",
        { Neighbours: < 1 } => $"neighbours is {Neighbours}",
        { Shrink: not (null or >= 0) } => $"shrink is {Shrink}",
        { Ridge: not (null or > 0) } => $"ridge is {Ridge}",
        { BagEpochs: < 0 } => $"bag_epochs is {BagEpochs}",
        { BagBatchSize: < 1 } => $"bag_batch_size is {BagBatchSize}",
        { BagLearningRate: not (null or > 0) } => $"bag_learning_rate is {BagLearningRate}",
        { BagL2: not (null or >= 0) } => $"bag_l2 is {BagL2}",
        { BagDimension: < 1 or > 4096 } => $"bag_dimension is {BagDimension}",
        { BagDropout: not (null or (>= 0 and < 1)) } => $"bag_dropout is {BagDropout}",
        _ => null,
    };
}
