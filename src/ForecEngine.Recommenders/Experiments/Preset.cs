// The named settings of training. Each preset implies a protocol; its settings have the negatives of that.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Named settings.</summary>
public static class Preset
{
    private static readonly OrderedDictionary<string, (Protocol Protocol, TrainingSettings Settings)> s_presets =
        new(StringComparer.Ordinal)
        {
            // The settings of the paper (Bonab et al., CIKM 2021).
            ["paper"] = (Protocol.Find("paper"), new()),

            // The settings of the released code. nmf copies the MLP's weights but not its biases; a fork keeps its parent's output layer;
            // adaptation uses validation rows that are then scored. ddtcdr follows Li and Tuzhilin's code: the other network's loss has
            // no gradient, and dropout also applies in scoring.
            ["authors-code"] = (Protocol.Find("authors-code"), new()
            {
                Model = new() { TransferBiases = false, Ddtcdr = new() { CrossGradient = false, DropoutInScoring = true } },
                MetaLearning = new() { AdaptOn = AdaptOn.Valid },
                Fork = new() { KeepOutput = true },
            }),

            // Found by forec tune with bench/tuned-space.json, on validation alone. Adaptation uses training samples, so that validation
            // stays unseen. The protocol is the paper's, but users with few rows are trained on.
            ["tuned"] = (Protocol.Find("paper") with { Split = new() }, new()
            {
                LearningRate = 0.002017,
                Loss = RatingLoss.Bpr,
                Model = new()
                {
                    Dimension = 128,
                    Layers = [256, 64, 32, 16, 8],
                    StandardDeviation = 0.01,
                    UnitProduct = true,
                    Dropout = 0.5,
                },
                Samples = new() { Negatives = 3, Sampling = Sampling.Sel },
                Gradient = new() { KeptEpoch = KeptEpoch.Best, Patience = 3, Adam = AdamMode.Lazy, L2 = 0.0001083 },
                MetaLearning = new() { AdaptOn = AdaptOn.Train, SupportSize = 2048 },
                Fork = new() { Head = [136, 32, 136], KeepOutput = false, BatchSize = 256, L2 = 0.0095, Loss = RatingLoss.Bce },
            }),
        };

    /// <summary>The name of the default preset.</summary>
    public const string Default = "tuned";

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => [.. s_presets.Keys];

    /// <summary>
    /// The settings of a preset, with the negatives of its protocol. <see cref="TrainingSettings.For"/> gives those of a method.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static TrainingSettings Find(string name) => ProtocolOf(name).In(Entry(name).Settings);

    /// <summary>The protocol that a preset implies.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static Protocol ProtocolOf(string name) => Entry(name).Protocol;

    private static (Protocol Protocol, TrainingSettings Settings) Entry(string name) => s_presets.TryGetValue(name, out var preset)
        ? preset
        : throw new ArgumentException($"no preset is called '{name}'; there are {string.Join(", ", Names)}");
}
