// The options of ddtcdr.

namespace ForecEngine.Cli.Options;

internal abstract class DdtcdrArguments : MetaLearningArguments
{
    [Option("ddtcdr-alpha", OptionGroup.Ddtcdr, MetaValue = "R", Setting = "Model.Ddtcdr.Alpha", Needs = MethodPart.Ddtcdr,
        HelpText = "The weight of the other market's network in a score and in the loss, 0 to 1.")]
    public string? DdtcdrAlpha { get; set; }

    [Option("ddtcdr-loss", OptionGroup.Ddtcdr, Values = ["bce", "mse"], Setting = "Model.Ddtcdr.Loss", Needs = MethodPart.Ddtcdr,
        HelpText = "Cross-entropy, or the squared error of the output, as in the original code.")]
    public string? DdtcdrLoss { get; set; }

    [Option("cross-gradient", OptionGroup.Ddtcdr, Values = ["on", "off"], Setting = "Model.Ddtcdr.CrossGradient", Needs = MethodPart.Ddtcdr,
        HelpText = "off: the other network's loss has no gradient, as in the released code.")]
    public string? CrossGradient { get; set; }

    [Option("dropout", OptionGroup.Training, MetaValue = "R", Default = "0.5 with tuned, else 0; 0.1 for ddtcdr",
        Needs = MethodPart.Dropout,
        HelpText = "The probability that a training step drops a hidden unit; meta-learning drops none.")]
    public string? Dropout { get; set; }

    [Option("scoring-dropout", OptionGroup.Ddtcdr, Values = ["on", "off"], Setting = "Model.Ddtcdr.DropoutInScoring",
        Needs = MethodPart.Ddtcdr, HelpText = "on: scoring drops units too, as in the released code.")]
    public string? ScoringDropout { get; set; }

    /// <summary>Applies the options of ddtcdr, and a learning rate if one is given, to its settings.</summary>
    protected DdtcdrOptions WithDdtcdr(DdtcdrOptions options, double? learningRate) => options with
    {
        LearningRate = learningRate ?? options.LearningRate,
        Alpha = OptionValue.Share("--ddtcdr-alpha", DdtcdrAlpha, whole: true) ?? options.Alpha,
        Loss = OptionValue.Either("--ddtcdr-loss", DdtcdrLoss, "bce", "mse") switch
        {
            null => options.Loss,
            true => RatingLoss.Bce,
            false => RatingLoss.Mse,
        },
        CrossGradient = OptionValue.Either("--cross-gradient", CrossGradient, "on", "off") ?? options.CrossGradient,
        Dropout = OptionValue.Share("--dropout", Dropout, whole: false) ?? options.Dropout,
        DropoutInScoring = OptionValue.Either("--scoring-dropout", ScoringDropout, "on", "off") ?? options.DropoutInScoring,
    };
}
