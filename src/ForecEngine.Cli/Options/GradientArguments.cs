// The options of gradient descent: its loss and negatives, its schedule, when it ends, and which parameters are kept.

using ForecEngine.Optimisers;

namespace ForecEngine.Cli.Options;

internal abstract class GradientArguments : DdtcdrArguments
{
    [Option("loss", OptionGroup.Training, ValuesOf = typeof(RatingLoss), Default = "bpr with tuned and for bpr-mf, else bce",
        Setting = "Loss", Needs = MethodPart.Gradient,
        HelpText = "What training minimises: cross-entropy or squared error of each sample; bpr or the softmax over a positive and its "
            + "negatives; or softmax over all items of the market, without negatives (gmf, ma-gmf, bpr-mf). Meta-learning minimises bce, a "
            + "fork --fine-tune-loss, ddtcdr --ddtcdr-loss.")]
    public string? Loss { get; set; }

    [Option("negative-sampling", OptionGroup.Training, ValuesOf = typeof(NegativeSampling), Setting = "Samples.NegativeSampling",
        Needs = MethodPart.Gradient,
        HelpText = "uniform: every item is equally likely a negative; popularity: in proportion to (training rows + 1)^0.75; in-batch: "
            + "the items of other positives in the minibatch.")]
    public string? NegativeSampling { get; set; }

    [Option("schedule", OptionGroup.Training, ValuesOf = typeof(RateShape), Setting = "Gradient.Schedule", Needs = MethodPart.Gradient,
        HelpText = "How the learning rate changes from step to step of a phase: it stays, or falls along a line or a cosine.")]
    public string? Schedule { get; set; }

    [Option("decay-start", OptionGroup.Training, MetaValue = "R", Setting = "Gradient.DecayStart", Needs = MethodPart.Gradient,
        HelpText = "The fraction of a phase's steps after which --schedule lets the rate fall, 0 to 1.")]
    public string? DecayStart { get; set; }

    [Option("final-rate", OptionGroup.Training, MetaValue = "R", Setting = "Gradient.FinalRate", Needs = MethodPart.Gradient,
        HelpText = "The fraction of the learning rate that --schedule leaves at the end of a phase, 0 to 1.")]
    public string? FinalRate { get; set; }

    [Option("patience", OptionGroup.Training, MetaValue = "N", Default = "3 with tuned, else all epochs", Setting = "Gradient.Patience",
        Needs = MethodPart.Gradient,
        HelpText = "Early stopping: a phase ends after N epochs without a better nDCG@10 on validation, and its best epoch is kept.")]
    public string? Patience { get; set; }

    [Option("weight-averaging", OptionGroup.Training, MetaValue = "R", Setting = "Gradient.WeightAveraging", Needs = MethodPart.Gradient,
        HelpText = "Keep a mean of the epochs' weights, each counted R times as much as that of the epoch after it; 0 for no mean.")]
    public string? WeightAveraging { get; set; }

    [Option("average-seeds", OptionGroup.Training, MetaValue = "N", Default = "1; 3 item bags for forec+", Needs = MethodPart.Average,
        HelpText = "Train N times with draws of their own, all phases, and average the scores. The training time is N times as long.")]
    public string? AverageSeeds { get; set; }

    /// <summary>Applies the options to the settings of gradient descent.</summary>
    /// <exception cref="CommandLineException">A value is invalid, or an option has no effect.</exception>
    protected GradientSettings WithGradient(GradientSettings settings)
    {
        GradientSettings preset = settings;
        settings = settings with
        {
            Schedule = OptionValue.OneOf("--schedule", Schedule, settings.Schedule),
            DecayStart = OptionValue.Share("--decay-start", DecayStart, whole: true) ?? settings.DecayStart,
            FinalRate = OptionValue.Share("--final-rate", FinalRate, whole: true) ?? settings.FinalRate,
            Patience = OptionValue.Between("--patience", Patience, 1, OptionValue.MostEpochs) ?? settings.Patience,
            WeightAveraging = OptionValue.Share("--weight-averaging", WeightAveraging, whole: false) ?? settings.WeightAveraging,
        };
        bool decays = settings.DecayStart != preset.DecayStart, ends = settings.FinalRate != preset.FinalRate;
        if (settings.Schedule != RateShape.Constant || !(decays || ends))
            return settings;
        string idle = decays ? "--decay-start" : "--final-rate";
        throw new CommandLineException($"{idle} has no effect with --schedule constant; it is for linear and cosine");
    }
}
