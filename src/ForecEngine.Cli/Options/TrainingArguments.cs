// The options of training.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Options;

/// <summary>Options of training.</summary>
internal abstract class TrainingArguments : DdtcdrArguments
{
    /// <summary>--method.</summary>
    [Option("method", OptionGroup.Input, Required = true, MetaValue = "NAME", HelpText = "gmf, mlp, nmf; with sources gmf++, mlp++, nmf++, ma-gmf++, ma-mlp++, ma-nmf++, ddtcdr, conet, maml, reptile, anil, and forks nmf-forec, forec, reptile-forec, anil-forec.")]
    public string Method { get; set; } = "";

    /// <summary>--preset.</summary>
    [Option("preset", OptionGroup.Training, MetaValue = "NAME", HelpText = "paper, authors-code or tuned; what it sets, the options below override.")]
    public string Preset { get; set; } = "paper";

    /// <summary>--epochs.</summary>
    [Option("epochs", OptionGroup.Training, MetaValue = "N", HelpText = "Epochs of each phase (default: 25).")]
    public virtual string? Epochs { get; set; }

    /// <summary>--batch-size.</summary>
    [Option("batch-size", OptionGroup.Training, MetaValue = "N", HelpText = "Samples of a minibatch.")]
    public string? BatchSize { get; set; }

    /// <summary>--learning-rate.</summary>
    [Option("learning-rate", OptionGroup.Training, MetaValue = "R", HelpText = "The learning rate, for every phase.")]
    public string? LearningRate { get; set; }

    /// <summary>--l2.</summary>
    [Option("l2", OptionGroup.Training, MetaValue = "R", HelpText = "The L2 coefficient.")]
    public string? L2 { get; set; }

    /// <summary>--negatives.</summary>
    [Option("negatives", OptionGroup.Training, MetaValue = "N", HelpText = "Negatives for each positive.")]
    public string? Negatives { get; set; }

    /// <summary>--negatives-exclude.</summary>
    [Option("negatives-exclude", OptionGroup.Training, MetaValue = "training|all", HelpText = "Negatives are never items of a user's training rows, or of all rows, as the released code (authors-code: all). all leaks what is held out.")]
    public string? NegativesExclude { get; set; }

    /// <summary>--embedding-dim.</summary>
    [Option("embedding-dim", OptionGroup.Training, MetaValue = "N", HelpText = "The embeddings' dimension; the first of --layers is twice that.")]
    public string? EmbeddingDim { get; set; }

    /// <summary>--layers.</summary>
    [Option("layers", OptionGroup.Training, MetaValue = "LIST", HelpText = "The MLP's widths, and those of conet's towers: 16,64,32,16,8.")]
    public string? Layers { get; set; }

    /// <summary>--adam.</summary>
    [Option("adam", OptionGroup.Training, MetaValue = "MODE", HelpText = "dense: every row of a table moves at every step; lazy: those of the minibatch.")]
    public string? Adam { get; set; }

    /// <summary>--sampling.</summary>
    [Option("sampling", OptionGroup.Training, MetaValue = "MODE", HelpText = "How markets share minibatches: equal (in turn), concat (as one; not for ddtcdr and conet), sel (equal, source rows of the target's items).")]
    public string? Sampling { get; set; }

    /// <summary>--step.</summary>
    [Option("step", OptionGroup.Machine, MetaValue = "NAME", HelpText = "fused (default where the device has it) or tape. No result depends on it.")]
    public string? Step { get; set; }

    /// <summary>The preset with what the options override.</summary>
    /// <exception cref="CommandLineException">A value is out of its range, named with the option.</exception>
    public TrainingOptions ToOptions()
    {
        TrainingOptions preset = OptionValue.Found("--preset", () => Recommenders.Experiments.Preset.Find(Preset));
        int dimension = OptionValue.Between("--embedding-dim", EmbeddingDim, 1, 4096) ?? preset.Dimension;
        int[] layers = Layers is null ? [2 * dimension, .. preset.Layers.Skip(1)] : OptionValue.Widths("--layers", Layers);
        if (layers.Length < 2 || layers[0] != 2 * dimension)
            throw new CommandLineException($"--layers: {string.Join(',', layers)} does not begin with {2 * dimension}, twice --embedding-dim, and at least one width more");
        return WithFork(WithMetaLearning(preset with
        {
            Epochs = OptionValue.Between("--epochs", Epochs, 0, 1_000_000) ?? preset.Epochs,
            BatchSize = OptionValue.Between("--batch-size", BatchSize, 1, 1 << 20) ?? preset.BatchSize,
            LearningRate = OptionValue.Positive("--learning-rate", LearningRate) ?? preset.LearningRate,
            L2 = OptionValue.NotNegative("--l2", L2) ?? preset.L2,
            Negatives = OptionValue.Between("--negatives", Negatives, 0, 1000) ?? preset.Negatives,
            NegativesExclude = OptionValue.OneOf("--negatives-exclude", NegativesExclude, preset.NegativesExclude),
            Dimension = dimension,
            Layers = layers,
            Adam = OptionValue.OneOf("--adam", Adam, preset.Adam),
            Sampling = OptionValue.OneOf("--sampling", Sampling, preset.Sampling),
            Ddtcdr = WithDdtcdr(preset.Ddtcdr),
        }));
    }
}
