// The settings of a market's fork: what it is made of, and how it is fine-tuned.

namespace ForecEngine.Recommenders.Training;

/// <summary>A market's own model, made from one of several markets.</summary>
public sealed record ForkSettings
{
    /// <summary>The widths of a market's head, the first of them its input; empty for no head.</summary>
    public Widths Head { get; init; } = [16, 32, 16];

    /// <summary>How many of the MLP's layers, from the last, are trained on.</summary>
    public int Unfreeze { get; init; } = 3;

    /// <summary>Whether the output layer starts as the parent's rather than at random; the head then ends as wide as it begins.</summary>
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

    /// <summary>What fine-tuning minimises.</summary>
    [JsonPropertyName("fine_tune_loss")]
    public RatingLoss Loss { get; init; } = RatingLoss.Bce;
}
