// The options of training.

using ForecEngine.Optimisers;

namespace ForecEngine.Cli.Options;

internal abstract class TrainingArguments : HistoryArguments
{
    [Option("method", OptionGroup.Input, Required = true, MetaValue = "NAME", Kind = ValueKind.Method,
        HelpText = "forec+ blends item bags with statistics of items, with or without sources. On the target alone: pop, itemknn, rp3beta, "
            + "ease, edlae, ials, bpr-mf, item-bag, gmf, mlp, nmf. With sources: pop++, itemknn++, rp3beta++, ease++, edlae++, ials++, "
            + "bpr-mf++, item-bag++, gmf++, mlp++, nmf++, ma-gmf++, ma-mlp++, ma-nmf++, ddtcdr, conet, maml, reptile, anil, and the "
            + "forks nmf-forec, forec, reptile-forec, anil-forec.")]
    public string Method { get; set; } = "";

    [Option("preset", OptionGroup.Training, MetaValue = "NAME|FILE", Kind = ValueKind.Preset,
        HelpText = "Settings, which the options below override: paper as in the paper, authors-code as in its released code, "
            + "tuned for the best results, or the preset.json of a tune. A preset implies the protocol of its name.")]
    public string Preset { get; set; } = Recommenders.Experiments.Preset.Default;

    [Option("protocol", OptionGroup.Evaluation, MetaValue = "NAME", Kind = ValueKind.Protocol,
        Default = "the preset's; with tuned that of paper, but with --minimum-rows 1",
        HelpText = "Named rules of splitting, ranking and drawing negatives, which the other options override: those of the paper, of its "
            + "released code, of two later papers, or of a shop's use (deploy).")]
    public string? Protocol { get; set; }

    [Option("order", OptionGroup.Evaluation, ValuesOf = typeof(RowOrder), Default = "time; random with acmr",
        Setting = nameof(SplitRules.Order),
        HelpText = "The order of a user's rows in which the last ones are held out: by time, or at random, which needs no times.")]
    public string? Order { get; set; }

    [Option("split-seed", OptionGroup.Evaluation, MetaValue = "N", Default = "42",
        HelpText = "The seed of a random order and of a fraction of rows. --seed changes neither, so that runs with several seeds train on "
            + "and rank the same rows.")]
    public string? SplitSeed { get; set; }

    [Option("training-fraction", OptionGroup.Evaluation, MetaValue = "R", Default = "1",
        HelpText = "Train on a fraction of the target's training rows, chosen by --split-seed; a smaller fraction is part of a larger one. "
            + "Held-out rows and candidates are the same for every fraction.")]
    public string? TrainingFraction { get; set; }

    [Option("source-rows", OptionGroup.Evaluation, ValuesOf = typeof(SourceRows), Default = "split; all with acmr",
        Needs = MethodPart.Sources,
        HelpText = "The rows of the sources that are trained on: those not held out if they are split like the target, or all.")]
    public string? SourceRows { get; set; }

    [Option("hold-out", OptionGroup.Evaluation, MetaValue = "RULE", ValuesOf = typeof(HoldOut),
        Default = "last-positives; last-rows with authors-code and ecir23", Setting = nameof(SplitRules.HoldOut),
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
        Default = "0.002017 with tuned, else 0.005 for gmf and 0.01 for the others; 0.01 for ddtcdr",
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

    [Option("redraw-negatives", OptionGroup.Training, Values = ["on", "off"], Setting = "Samples.RedrawNegatives",
        Needs = MethodPart.Gradient, HelpText = "on: negatives are drawn anew in each epoch; off, as in the released code: once.")]
    public string? RedrawNegatives { get; set; }

    [Option("embedding-dim", OptionGroup.Training, MetaValue = "N", Setting = "Model.Dimension", Needs = MethodPart.Gradient,
        HelpText = "The embeddings' dimension; the first of --layers is twice that.")]
    public string? EmbeddingDim { get; set; }

    [Option("unit-product", OptionGroup.Training, Values = ["on", "off"], Setting = "Model.UnitProduct", Needs = MethodPart.Product,
        HelpText = "on: gmf starts as plain matrix factorisation, with output weights of 1; off: with random ones.")]
    public string? UnitProduct { get; set; }

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

    /// <summary>The protocol that --protocol names or --preset implies; the name is null if the preset implies it.</summary>
    public (string? Name, Protocol Protocol) BaseProtocol()
    {
        Protocol implied = Recommenders.Experiments.Preset.ProtocolOf(Chosen.Base);
        if (Protocol is null)
            return (null, implied);
        Protocol named = OptionValue.Found(
            "--protocol", Protocol, Recommenders.Experiments.Protocol.Names, Recommenders.Experiments.Protocol.Find);
        return (named == implied ? null : Protocol, named);
    }

    /// <summary>The settings of the preset, with the negatives of --protocol if it is given, overridden by the options.</summary>
    public TrainingSettings ToSettings()
    {
        TrainingSettings preset = Protocol is null ? Chosen.Settings : BaseProtocol().Protocol.In(Chosen.Settings);
        (ModelSettings model, SampleSettings samples, GradientSettings gradient) = (preset.Model, preset.Samples, preset.Gradient);
        int dimension = OptionValue.Between("--embedding-dim", EmbeddingDim, 1, 4096) ?? model.Dimension;
        Widths layers = [.. Layers is null ? [2 * dimension, .. model.Layers.Skip(1)] : OptionValue.Widths("--layers", Layers)];
        if (layers.Count < 2 || layers[0] != 2 * dimension)
            throw new CommandLineException($"--layers: expects {2 * dimension} (twice --embedding-dim) "
                + $"and at least one more width, got {layers}");
        TrainingSettings settings = WithFork(new TrainingSettings
        {
            LearningRate = OptionValue.Positive("--learning-rate", LearningRate) ?? preset.LearningRate,
            Loss = Loss is null ? preset.Loss : OptionValue.OneOf("--loss", Loss, RatingLoss.Bce),
            AverageSeeds = OptionValue.Between("--average-seeds", AverageSeeds, 1, 100) ?? preset.AverageSeeds,
            Model = model with
            {
                Dimension = dimension,
                Layers = layers,
                UnitProduct = OptionValue.Either("--unit-product", UnitProduct, "on", "off") ?? model.UnitProduct,
                Ddtcdr = WithDdtcdr(model.Ddtcdr ?? new(), OptionValue.Positive("--learning-rate", LearningRate)),
                Dropout = OptionValue.Share("--dropout", Dropout, whole: false) ?? model.Dropout,
            },
            Samples = samples with
            {
                BatchSize = OptionValue.Between("--batch-size", BatchSize, 1, OptionValue.LargestBatch) ?? samples.BatchSize,
                Negatives = OptionValue.Between("--negatives", Negatives, 0, 1000) ?? samples.Negatives,
                RedrawNegatives = OptionValue.Either("--redraw-negatives", RedrawNegatives, "on", "off") ?? samples.RedrawNegatives,
                NegativesExclude = OptionValue.OneOf("--negatives-exclude", NegativesExclude, samples.NegativesExclude),
                NegativeSampling = OptionValue.OneOf("--negative-sampling", NegativeSampling, samples.NegativeSampling),
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
            History = WithHistory(preset.History),
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
