// The named settings of training.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Named settings.</summary>
public static class Preset
{
    private static readonly Dictionary<string, TrainingSettings> s_presets = new(StringComparer.Ordinal)
    {
        // The settings of the paper (Bonab et al., CIKM 2021): negatives are redrawn every epoch.
        ["paper"] = new(),

        // The settings of the released code. Negatives are drawn once and exclude held-out items; nmf copies the MLP's weights but not its
        // biases; a fork keeps its parent's output layer; adaptation uses validation rows that are then scored. ddtcdr follows Li and
        // Tuzhilin's code: the other network's loss has no gradient, and dropout also applies in scoring.
        ["authors-code"] = new()
        {
            Samples = new() { RedrawNegatives = false, NegativesExclude = NegativesExclude.All },
            Model = new() { TransferBiases = false, Ddtcdr = new() { CrossGradient = false, DropoutInScoring = true } },
            MetaLearning = new() { AdaptOn = AdaptOn.Valid },
            Fork = new() { KeepOutput = true },
        },

        // Settings that were tuned on validation data: small initial vectors, and the epoch with the best validation nDCG@10. Adaptation
        // uses training samples, so that validation stays unseen.
        ["tuned"] = new()
        {
            Model = new() { StandardDeviation = 0.01 },
            Gradient = new() { KeptEpoch = KeptEpoch.Best },
            MetaLearning = new() { AdaptOn = AdaptOn.Train },
        },
    };

    /// <summary>The name of the default preset.</summary>
    public const string Default = "tuned";

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["paper", "authors-code", "tuned"];

    /// <summary>
    /// How a preset splits rows. The paper removes users with fewer than seven rows; its released code holds out the last two rows,
    /// positive or not.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static SplitRules Split(string name) => Find(name) is not null && name == "tuned" ? new() : new()
    {
        MinimumRows = 7,
        HoldOut = name == "authors-code" ? HoldOut.LastRows : HoldOut.LastPositives,
    };

    /// <summary>The settings of a preset.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static TrainingSettings Find(string name) => s_presets.TryGetValue(name, out TrainingSettings? settings)
        ? settings
        : throw new ArgumentException($"no preset is called '{name}'; there are {string.Join(", ", Names)}");
}
