// The options of training.

using ForecEngine.Optimisers;

namespace ForecEngine.Cli.Options;

internal abstract class TrainingArguments : GradientArguments
{
    [Option("method", OptionGroup.Input, Required = true, MetaValue = "NAME", Kind = ValueKind.Method,
        HelpText = "On the target alone: gmf, mlp, nmf, and the counting methods pop and itemknn. With sources: gmf++, mlp++, nmf++, "
            + "ma-gmf++, ma-mlp++, ma-nmf++, ddtcdr, conet, maml, reptile, anil, and the forks nmf-forec, forec, reptile-forec, "
            + "anil-forec.")]
    public string Method { get; set; } = "";

    [Option("preset", OptionGroup.Training, MetaValue = "NAME|FILE", Kind = ValueKind.Preset,
        HelpText = "Settings, which the options below override: paper as in the paper, authors-code as in its released code, "
            + "tuned for the best results, or the preset.json of a tune.")]
    public string Preset { get; set; } = Recommenders.Experiments.Preset.Default;

    [Option("hold-out", OptionGroup.Evaluation, MetaValue = "RULE", ValuesOf = typeof(HoldOut),
        Default = "last-positives; last-rows with authors-code", Setting = nameof(SplitRules.HoldOut),
        HelpText = "Which rows of each user are held out for evaluation: last-positives, last-rows even if they are not "
            + "positives, or none: all rows are for training and no user is evaluated.")]
    public string? HoldOut { get; set; }

    [Option("epochs", OptionGroup.Training, MetaValue = "N", Setting = "Gradient.Epochs", Needs = MethodPart.Gradient,
        HelpText = "The epochs of each phase.")]
    public virtual string? Epochs { get; set; }

    [Option("batch-size", OptionGroup.Training, MetaValue = "N", Setting = "Samples.BatchSize", Needs = MethodPart.Gradient,
        HelpText = "The samples of a minibatch.")]
    public string? BatchSize { get; set; }

    [Option("learning-rate", OptionGroup.Training, MetaValue = "R", Setting = "LearningRate", Needs = MethodPart.Gradient,
        Default = "0.005 for gmf, 0.01 for the others",
        HelpText = "The learning rate, for every phase.")]
    public string? LearningRate { get; set; }

    [Option("l2", OptionGroup.Training, MetaValue = "R", Setting = "Gradient.L2", Needs = MethodPart.Gradient,
        HelpText = "The L2 coefficient.")]
    public string? L2 { get; set; }

    [Option("negatives", OptionGroup.Training, MetaValue = "N", Setting = "Samples.Negatives", Needs = MethodPart.Gradient,
        HelpText = "The number of negatives per positive.")]
    public string? Negatives { get; set; }

    [Option("negatives-exclude", OptionGroup.Training, ValuesOf = typeof(NegativesExclude),
        Setting = "Samples.NegativesExclude", Needs = MethodPart.Gradient,
        HelpText = "training: items of the user's training rows are never negatives; all, as in the released code: those of all "
            + "rows of the user, which leaks the held-out items.")]
    public string? NegativesExclude { get; set; }

    [Option("embedding-dim", OptionGroup.Training, MetaValue = "N", Setting = "Model.Dimension", Needs = MethodPart.Gradient,
        HelpText = "The embeddings' dimension; the first of --layers is twice that.")]
    public string? EmbeddingDim { get; set; }

    [Option("layers", OptionGroup.Training, MetaValue = "N,N,...", Setting = "Model.Layers", Needs = MethodPart.Layers,
        HelpText = "The widths of the MLP, and of conet's towers.")]
    public string? Layers { get; set; }

    [Option("adam", OptionGroup.Training, ValuesOf = typeof(AdamMode), Setting = "Gradient.Adam", Needs = MethodPart.Gradient,
        HelpText = "dense: Adam moves every row of a table in every step; lazy: only the minibatch's rows.")]
    public string? Adam { get; set; }

    [Option("sampling", OptionGroup.Training, ValuesOf = typeof(Sampling), Setting = "Samples.Sampling",
        Needs = MethodPart.Sources,
        HelpText = "equal: a minibatch of each market in turn; concat: all samples mixed (not for ddtcdr and conet); sel: as equal, "
            + "but with only the source rows of the target's items.")]
    public string? Sampling { get; set; }

    /// <summary>The settings that --preset names.</summary>
    internal PresetChoice Chosen => field ??= PresetChoice.Of(Preset);

    /// <summary>The settings of the preset, overridden by the options.</summary>
    public TrainingSettings ToSettings()
    {
        TrainingSettings preset = Chosen.Settings;
        (ModelSettings model, SampleSettings samples, GradientSettings gradient) = (preset.Model, preset.Samples, preset.Gradient);
        int dimension = OptionValue.Between("--embedding-dim", EmbeddingDim, 1, 4096) ?? model.Dimension;
        Widths layers = [.. Layers is null ? [2 * dimension, .. model.Layers.Skip(1)] : OptionValue.Widths("--layers", Layers)];
        if (layers.Count < 2 || layers[0] != 2 * dimension)
            throw new CommandLineException($"--layers: expects {2 * dimension} (twice --embedding-dim) "
                + $"and at least one more width, got {layers}");
        TrainingSettings settings = WithFork(new TrainingSettings
        {
            LearningRate = OptionValue.Positive("--learning-rate", LearningRate) ?? preset.LearningRate,
            Model = model with { Dimension = dimension, Layers = layers, Ddtcdr = WithDdtcdr(model.Ddtcdr ?? new()) },
            Samples = samples with
            {
                BatchSize = OptionValue.Between("--batch-size", BatchSize, 1, OptionValue.LargestBatch) ?? samples.BatchSize,
                Negatives = OptionValue.Between("--negatives", Negatives, 0, 1000) ?? samples.Negatives,
                NegativesExclude = OptionValue.OneOf("--negatives-exclude", NegativesExclude, samples.NegativesExclude),
                Sampling = OptionValue.OneOf("--sampling", Sampling, samples.Sampling),
            },
            Gradient = WithGradient(gradient) with
            {
                Epochs = OptionValue.Between("--epochs", Epochs, 0, OptionValue.MostEpochs) ?? gradient.Epochs,
                L2 = OptionValue.NotNegative("--l2", L2) ?? gradient.L2,
                Adam = OptionValue.OneOf("--adam", Adam, gradient.Adam),
            },
            MetaLearning = WithMetaLearning(preset.MetaLearning),
            Fork = preset.Fork,
        });
        int widest = layers.Concat(settings.Fork.Head).Concat(Recommenders.Models.Ddtcdr.Widths(dimension)).Max();
        (string, int)[] batches =
        [
            ("--batch-size", settings.Samples.BatchSize), ("--fine-tune-batch-size", settings.Fork.BatchSize),
            ("--shots", settings.MetaLearning.SupportSize),
        ];
        foreach ((string option, int batch) in batches)
        {
            if ((long)batch * widest > Array.MaxLength)
                throw new CommandLineException($"{option}: {batch} samples are too many for {widest} units, the widest of --layers and "
                    + $"--head; at most {Array.MaxLength / widest} are possible");
        }

        return settings;
    }
}
