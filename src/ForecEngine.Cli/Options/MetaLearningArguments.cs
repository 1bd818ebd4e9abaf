// The options of meta-learning.

namespace ForecEngine.Cli.Options;

internal abstract class MetaLearningArguments : ForkArguments
{
    [Option("shots", OptionGroup.MetaLearning, MetaValue = "N", Setting = "MetaLearning.SupportSize", Needs = MethodPart.MetaLearning,
        HelpText = "The samples of a support set, in training and before a market is scored; all of a market that has fewer.")]
    public string? Shots { get; set; }

    [Option("inner-lr", OptionGroup.MetaLearning, MetaValue = "R", Setting = "MetaLearning.InnerLearningRate",
        Needs = MethodPart.MetaLearning,
        HelpText = "The learning rate of the inner step.")]
    public string? InnerLr { get; set; }

    [Option("adapt-on", OptionGroup.MetaLearning, ValuesOf = typeof(AdaptOn), Setting = "MetaLearning.AdaptOn",
        Needs = MethodPart.MetaLearning,
        HelpText = "The support set before a market is scored. valid: validation candidates, which are then scored too; "
            + "valid-held-out: validation candidates, whose users are then not scored; train: training samples.")]
    public string? AdaptOn { get; set; }

    /// <summary>Applies the options of meta-learning to its settings.</summary>
    protected MetaLearningSettings WithMetaLearning(MetaLearningSettings settings) => new()
    {
        SupportSize = OptionValue.Between("--shots", Shots, 1, OptionValue.MostShots) ?? settings.SupportSize,
        InnerLearningRate = OptionValue.NotNegative("--inner-lr", InnerLr) ?? settings.InnerLearningRate,
        AdaptOn = OptionValue.OneOf("--adapt-on", AdaptOn, settings.AdaptOn),
    };
}
