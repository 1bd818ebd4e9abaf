// The options of meta-learning.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Options;

/// <summary>Options of meta-learning.</summary>
internal abstract class MetaLearningArguments : ForkArguments
{
    /// <summary>--shots.</summary>
    [Option("shots", OptionGroup.MetaLearning, MetaValue = "N", HelpText = "Meta-learning: samples of an adaptation batch, and before a market is scored (default: 20).")]
    public string? Shots { get; set; }

    /// <summary>--inner-lr.</summary>
    [Option("inner-lr", OptionGroup.MetaLearning, MetaValue = "R", HelpText = "Meta-learning: the learning rate of the inner step (default: 0.1).")]
    public string? InnerLr { get; set; }

    /// <summary>--adapt-on.</summary>
    [Option("adapt-on", OptionGroup.MetaLearning, MetaValue = "MODE", HelpText = "Shots before scoring: valid (candidates, scored all the same), valid-held-out (their users not scored), train.")]
    public string? AdaptOn { get; set; }

    /// <summary>Options with what the command line says of meta-learning.</summary>
    /// <exception cref="CommandLineException">A value is out of its range, named with the option.</exception>
    protected TrainingOptions WithMetaLearning(TrainingOptions options) => options with
    {
        Shots = OptionValue.AtLeast("--shots", Shots, 1) ?? options.Shots,
        InnerRate = OptionValue.NotNegative("--inner-lr", InnerLr) ?? options.InnerRate,
        AdaptOn = OptionValue.OneOf("--adapt-on", AdaptOn, options.AdaptOn),
    };
}
