// The options of forks.

namespace ForecEngine.Cli.Options;

internal abstract class ForkArguments : RankingArguments
{
    [Option("head", OptionGroup.Fork, MetaValue = "N,N,...|none", Setting = "Fork.Head", Needs = MethodPart.Fork,
        HelpText = "The widths of a fork's head; the first is that of its input.")]
    public string? Head { get; set; }

    [Option("unfreeze", OptionGroup.Fork, MetaValue = "N", Setting = "Fork.Unfreeze", Needs = MethodPart.Fork,
        HelpText = "How many of the last MLP layers a fork trains.")]
    public string? Unfreeze { get; set; }

    [Option("keep-output", OptionGroup.Fork, Values = ["true", "false"], Setting = "Fork.KeepOutput",
        Needs = MethodPart.Fork,
        HelpText = "Whether a fork's output layer starts as a copy of its parent's; otherwise at random.")]
    public string? KeepOutput { get; set; }

    [Option("fine-tune-epochs", OptionGroup.Fork, MetaValue = "N", Setting = "Fork.Epochs", Default = "--epochs",
        Needs = MethodPart.Fork, HelpText = "Epochs of fine-tuning.")]
    public string? FineTuneEpochs { get; set; }

    [Option("fine-tune-batch-size", OptionGroup.Fork, MetaValue = "N", Setting = "Fork.BatchSize",
        Needs = MethodPart.Fork,
        HelpText = "Samples of a minibatch in fine-tuning.")]
    public string? FineTuneBatchSize { get; set; }

    [Option("fine-tune-l2", OptionGroup.Fork, MetaValue = "R", Setting = "Fork.L2", Needs = MethodPart.Fork,
        HelpText = "The L2 coefficient in fine-tuning.")]
    public string? FineTuneL2 { get; set; }

    [Option("fine-tune-loss", OptionGroup.Fork, Values = ["bce", "mse", "bpr", "sampled-softmax"], Setting = "Fork.Loss",
        Needs = MethodPart.Fork,
        HelpText = "What fine-tuning minimises, as --loss, but never softmax.")]
    public string? FineTuneLoss { get; set; }

    /// <summary>Applies the options of forks to settings that already have their layer widths.</summary>
    public TrainingSettings WithFork(TrainingSettings settings)
    {
        ForkSettings fork = settings.Fork;
        ModelSettings model = settings.Model;
        int layers = model.Layers.Count - 1, inputs = model.Layers[^1] + model.Dimension;
        Widths head = Head switch
        {
            null => [.. fork.Head.Select(width => width == fork.Head[0] ? inputs : width)], // the last width equals the first
            "none" => [],
            { } list => [.. OptionValue.Widths("--head", list)],
        };
        if (head is [var first, ..] && (first != inputs || head.Count < 2))
            throw new CommandLineException($"--head: expects {inputs} (the last of --layers plus --embedding-dim) "
                + $"and at least one more width, got {head}");
        int unfreeze = OptionValue.AtLeast("--unfreeze", Unfreeze, 0) ?? Math.Min(fork.Unfreeze, layers);
        if (unfreeze > layers)
            throw new CommandLineException($"--unfreeze: {unfreeze} is more than the {layers} layers of --layers");
        bool keepOutput = OptionValue.Either("--keep-output", KeepOutput, "true", "false") ?? fork.KeepOutput;
        if (keepOutput && head is [.., var last] && last != inputs)
            throw new CommandLineException($"--head: {head} ends with {last}, but the parent's output layer has {inputs} inputs; "
                + "--keep-output false starts with a random output layer");
        RatingLoss loss = OptionValue.OneOf("--fine-tune-loss", FineTuneLoss, fork.Loss);
        if (loss == RatingLoss.Softmax)
            throw new CommandLineException("--fine-tune-loss: softmax over all items needs logits that are dot products, and those of a "
                + "fork are not; sampled-softmax works with it");
        return settings with
        {
            Fork = new ForkSettings
            {
                Head = head,
                Unfreeze = unfreeze,
                KeepOutput = keepOutput,
                Epochs = OptionValue.Between("--fine-tune-epochs", FineTuneEpochs, 0, OptionValue.MostEpochs) ?? fork.Epochs,
                BatchSize = OptionValue.Between("--fine-tune-batch-size", FineTuneBatchSize, 1, OptionValue.LargestBatch) ?? fork.BatchSize,
                L2 = OptionValue.NotNegative("--fine-tune-l2", FineTuneL2) ?? fork.L2,
                Loss = loss,
            },
        };
    }
}
