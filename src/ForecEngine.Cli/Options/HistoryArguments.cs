// The options of methods that score users by their histories.

namespace ForecEngine.Cli.Options;

internal abstract class HistoryArguments : GradientArguments
{
    [Option("recency-decay", OptionGroup.Training, MetaValue = "R", Default = "1; 0.8 for item-bag and forec+", Needs = MethodPart.History,
        HelpText = "The factor on the weight of a user's item for each later item, above 0 to 1. With 1 all weigh the same.")]
    public string? RecencyDecay { get; set; }

    [Option("recency-floor", OptionGroup.Training, MetaValue = "R", Default = "0; 0.1 for item-bag and forec+", Needs = MethodPart.History,
        HelpText = "The weight of a user's oldest items, 0 to 1; that of the last item is 1.")]
    public string? RecencyFloor { get; set; }

    [Option("neighbours", OptionGroup.Training, MetaValue = "N", Default = "all", Needs = MethodPart.Neighbours,
        HelpText = "The number of similar items that an item keeps.")]
    public string? Neighbours { get; set; }

    [Option("shrink", OptionGroup.Training, MetaValue = "R", Default = "50; 0 for forec+", Needs = MethodPart.Cosine,
        HelpText = "A number added to the denominator of a cosine, so that similarities that rest on few users are low.")]
    public string? Shrink { get; set; }

    [Option("ridge", OptionGroup.Training, MetaValue = "R", Default = "500 for ease, 300 for edlae, 100 for forec+, 0.01 for ials",
        Needs = MethodPart.Ridge, HelpText = "The ridge of the linear model or of least squares, above 0.")]
    public string? Ridge { get; set; }

    [Option("factors", OptionGroup.Training, MetaValue = "N", Default = "128; 64 for ials", Needs = MethodPart.Factors,
        HelpText = "The dimension of the item vectors.")]
    public string? Factors { get; set; }

    [Option("bag-epochs", OptionGroup.Training, MetaValue = "N", Default = "24", Needs = MethodPart.Bag,
        HelpText = "The epochs of an item bag.")]
    public string? BagEpochs { get; set; }

    [Option("bag-batch-size", OptionGroup.Training, MetaValue = "N", Default = "128", Needs = MethodPart.Bag,
        HelpText = "The users of an item bag's minibatch.")]
    public string? BagBatchSize { get; set; }

    [Option("bag-learning-rate", OptionGroup.Training, MetaValue = "R", Default = "0.003", Needs = MethodPart.Bag,
        HelpText = "The learning rate of an item bag; it falls to a twentieth in the second half.")]
    public string? BagLearningRate { get; set; }

    [Option("bag-l2", OptionGroup.Training, MetaValue = "R", Default = "0.00005", Needs = MethodPart.Bag,
        HelpText = "The L2 coefficient of an item bag's vectors.")]
    public string? BagL2 { get; set; }

    [Option("bag-dropout", OptionGroup.Training, MetaValue = "P", Default = "0.5", Needs = MethodPart.Bag,
        HelpText = "The probability that an item of a history is left out in a step of training.")]
    public string? BagDropout { get; set; }

    /// <summary>Applies the options to the settings of histories.</summary>
    /// <exception cref="CommandLineException">A value is invalid.</exception>
    protected HistorySettings WithHistory(HistorySettings settings) => settings with
    {
        RecencyDecay = Decay() ?? settings.RecencyDecay,
        RecencyFloor = OptionValue.Share("--recency-floor", RecencyFloor, whole: true) ?? settings.RecencyFloor,
        Neighbours = OptionValue.Between("--neighbours", Neighbours, 1, int.MaxValue) ?? settings.Neighbours,
        Shrink = OptionValue.NotNegative("--shrink", Shrink) ?? settings.Shrink,
        Ridge = OptionValue.Positive("--ridge", Ridge) ?? settings.Ridge,
        BagDimension = OptionValue.Between("--factors", Factors, 1, 4096) ?? settings.BagDimension,
        BagEpochs = OptionValue.Between("--bag-epochs", BagEpochs, 0, OptionValue.MostEpochs) ?? settings.BagEpochs,
        BagBatchSize = OptionValue.Between("--bag-batch-size", BagBatchSize, 1, OptionValue.LargestBatch) ?? settings.BagBatchSize,
        BagLearningRate = OptionValue.Positive("--bag-learning-rate", BagLearningRate) ?? settings.BagLearningRate,
        BagL2 = OptionValue.NotNegative("--bag-l2", BagL2) ?? settings.BagL2,
        BagDropout = OptionValue.Share("--bag-dropout", BagDropout, whole: false) ?? settings.BagDropout,
    };

    private double? Decay() => OptionValue.Positive("--recency-decay", RecencyDecay) is { } decay
        ? decay <= 1 ? decay : throw new CommandLineException($"--recency-decay: expects a number above 0, at most 1, got {RecencyDecay}")
        : null;
}
