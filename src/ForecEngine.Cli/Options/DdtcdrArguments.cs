// The options of ddtcdr.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Recommenders.Models;

namespace ForecEngine.Cli.Options;

/// <summary>Options of ddtcdr.</summary>
internal abstract class DdtcdrArguments : MetaLearningArguments
{
    /// <summary>--ddtcdr-alpha.</summary>
    [Option("ddtcdr-alpha", OptionGroup.Ddtcdr, MetaValue = "R", HelpText = "ddtcdr: the weight of the other market's network in a score and in the loss, 0 to 1 (default: 0.03).")]
    public string? DdtcdrAlpha { get; set; }

    /// <summary>--ddtcdr-loss.</summary>
    [Option("ddtcdr-loss", OptionGroup.Ddtcdr, MetaValue = "NAME", HelpText = "ddtcdr: bce, or mse, the squared error of the output as the original has it.")]
    public string? DdtcdrLoss { get; set; }

    /// <summary>--cross-gradient.</summary>
    [Option("cross-gradient", OptionGroup.Ddtcdr, MetaValue = "on|off", HelpText = "ddtcdr: off adds the other network's loss without its gradient, as the released code (authors-code: off).")]
    public string? CrossGradient { get; set; }

    /// <summary>--dropout.</summary>
    [Option("dropout", OptionGroup.Ddtcdr, MetaValue = "R", HelpText = "ddtcdr: the share of hidden units that a training step drops (default: 0.1).")]
    public string? Dropout { get; set; }

    /// <summary>--scoring-dropout.</summary>
    [Option("scoring-dropout", OptionGroup.Ddtcdr, MetaValue = "on|off", HelpText = "ddtcdr: on drops units while scoring too, as the released code (authors-code: on).")]
    public string? ScoringDropout { get; set; }

    /// <summary>Options with what the command line says of ddtcdr.</summary>
    /// <exception cref="CommandLineException">A value is out of its range, named with the option.</exception>
    protected DdtcdrOptions WithDdtcdr(DdtcdrOptions options) => options with
    {
        Alpha = OptionValue.Share("--ddtcdr-alpha", DdtcdrAlpha, whole: true) ?? options.Alpha,
        Loss = OptionValue.OneOf("--ddtcdr-loss", DdtcdrLoss, options.Loss),
        CrossGradient = OptionValue.OnOrOff("--cross-gradient", CrossGradient) ?? options.CrossGradient,
        Dropout = OptionValue.Share("--dropout", Dropout, whole: false) ?? options.Dropout,
        DropoutInScoring = OptionValue.OnOrOff("--scoring-dropout", ScoringDropout) ?? options.DropoutInScoring,
    };
}
