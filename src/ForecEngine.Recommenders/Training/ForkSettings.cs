// The settings of forks: their structure and fine-tuning.

namespace ForecEngine.Recommenders.Training;

/// <summary>The settings of a fork, a model of one market made from a model of several.</summary>
public sealed record ForkSettings
{
    /// <summary>The widths of the head, the first being its input; empty for no head.</summary>
    public Widths Head { get; init; } = [16, 32, 16];

    /// <summary>The number of last MLP layers that are trained.</summary>
    public int Unfreeze { get; init; } = 3;

    /// <summary>Whether the output layer is copied from the parent; the last width of the head then equals the first.</summary>
    public bool KeepOutput { get; init; }

    /// <summary>Epochs of fine-tuning, or null for those of the other phases.</summary>
    [JsonPropertyName("fine_tune_epochs")]
    public int? Epochs { get; init; }

    /// <summary>Samples of a minibatch in fine-tuning.</summary>
    [JsonPropertyName("fine_tune_batch_size")]
    public int BatchSize { get; init; } = 20;

    /// <summary>The L2 coefficient in fine-tuning.</summary>
    [JsonPropertyName("fine_tune_l2")]
    public double L2 { get; init; } = 1e-3;

    /// <summary>The loss of fine-tuning.</summary>
    [JsonPropertyName("fine_tune_loss")]
    public RatingLoss Loss { get; init; } = RatingLoss.Bce;
}
