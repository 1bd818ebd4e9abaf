// The options of training that verbs share, as the command line gives them.

using CommandLine;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Cli.Options;

/// <summary>Options of every verb.</summary>
internal abstract class CommonArguments
{
    [Option("threads", MetaValue = "N", HelpText = "Threads of the cpu device (default: all cores). No result depends on it.")]
    public int? Threads { get; set; }

    [Option("device", Default = "cpu", MetaValue = "D", HelpText = "cpu, or scalar, the plain specification.")]
    public string Device { get; set; } = "cpu";

    [Option("quiet", HelpText = "No progress on standard error.")]
    public bool Quiet { get; set; }

    /// <summary>What stands on the command line without an option; nothing may.</summary>
    [Value(0, Hidden = true)]
    public IEnumerable<string> Rest { get; set; } = [];

    [Option("json", MetaValue = "FILE", HelpText = "Also write the results as JSON.")]
    public string? Json { get; set; }
}

/// <summary>Options that say which markets.</summary>
internal abstract class MarketArguments : CommonArguments
{
    [Option("data", Default = ".", MetaValue = "DIR", HelpText = "Where markets given by name are looked up: NAME_5core.txt, NAME.txt[.gz], ratings_NAME_*.txt.gz.")]
    public string Data { get; set; } = ".";

    [Option("k-core", MetaValue = "K", HelpText = "Keep items with K rows or more, then users with K rows or more (default: all).")]
    public int? KCore { get; set; }

    [Option("k-core-passes", MetaValue = "N", HelpText = "Passes of the k-core (default: 1, or a checkpoint's own).")]
    public int? KCorePasses { get; set; }
}

/// <summary>Options that say how a result is measured.</summary>
internal abstract class RankingArguments : MarketArguments
{
    [Option("target", Required = true, MetaValue = "M", HelpText = "The market to recommend to: NAME or NAME=FILE[+FILE...].")]
    public string Target { get; set; } = "";

    [Option("source", MetaValue = "M,M", HelpText = "The markets that help, separated by commas. train also takes auto, or auto:N: the best one, or N, of --source-pool.")]
    public string? Source { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "The seed of every random draw (default: 42, or a checkpoint's own).")]
    public ulong? Seed { get; set; }

    [Option("metrics", Default = "ndcg@10,hr@10,mrr", MetaValue = "LIST", HelpText = "What to measure: ndcg@K, hr@K, mrr; ndcg@10 in any case.")]
    public string Metrics { get; set; } = "ndcg@10,hr@10,mrr";

    [Option("candidates", MetaValue = "FILE", HelpText = "Rank these lists (user<TAB>item,item,...) instead of test; the target is then trained on whole.")]
    public string? Candidates { get; set; }

    [Option("qrels", MetaValue = "FILE", HelpText = "The relevant items of --candidates (userId<TAB>itemId<TAB>rating, with a header).")]
    public string? Qrels { get; set; }

    [Option("minimum-rows", MetaValue = "N", HelpText = "Leave out users with fewer rows (default: 7; 1 where nothing is held out).")]
    public int? MinimumRows { get; set; }
}

/// <summary>Options of a market's fork.</summary>
internal abstract class ForkArguments : RankingArguments
{
    [Option("head", MetaValue = "LIST", HelpText = "The widths of a market's head, its input first: 16,32,16; none for no head.")]
    public string? Head { get; set; }

    [Option("unfreeze", MetaValue = "N", HelpText = "How many of the MLP's layers a market's fork trains, from the last (default: 3).")]
    public int? Unfreeze { get; set; }

    [Option("keep-output", MetaValue = "true|false", HelpText = "Whether a fork's output layer starts as its parent's, or at random.")]
    public bool? KeepOutput { get; set; }

    [Option("fine-tune-epochs", MetaValue = "N", HelpText = "Epochs of fine-tuning (default: --epochs).")]
    public int? FineTuneEpochs { get; set; }

    [Option("fine-tune-batch-size", MetaValue = "N", HelpText = "Samples of a minibatch in fine-tuning (default: 20).")]
    public int? FineTuneBatchSize { get; set; }

    [Option("fine-tune-l2", MetaValue = "R", HelpText = "The L2 coefficient in fine-tuning (default: 0.001).")]
    public double? FineTuneL2 { get; set; }

    [Option("fine-tune-loss", MetaValue = "NAME", HelpText = "What fine-tuning minimises: bce (default), or mse, the squared error of the output.")]
    public string? FineTuneLoss { get; set; }

    /// <summary>Options with what the command line says of forks; the widths are already as they shall be.</summary>
    /// <exception cref="CommandLineException">A value is out of its range, named with the option.</exception>
    public TrainingOptions WithFork(TrainingOptions options)
    {
        int layers = options.Layers.Count - 1, inputs = options.Layers[^1] + options.Dimension;
        int[] head = Head switch
        {
            null => [.. options.Head.Select(width => width == options.Head[0] ? inputs : width)], // back to where it begins, as 16,32,16 is
            "none" => [],
            { } list => OptionValue.Widths("--head", list),
        };
        if (head is [var first, ..] && (first != inputs || head.Length < 2))
            throw new CommandLineException($"--head: {string.Join(',', head)} does not begin with {inputs}, the last of --layers and --embedding-dim together, and at least one width more");
        int unfreeze = OptionValue.AtLeast("--unfreeze", Unfreeze, 0) ?? Math.Min(options.Unfreeze, layers);
        if (unfreeze > layers)
            throw new CommandLineException($"--unfreeze: {unfreeze} is more than the {layers} layers of --layers");
        bool keepOutput = KeepOutput ?? options.KeepOutput;
        if (keepOutput && head is [.., var last] && last != inputs)
            throw new CommandLineException($"--head: {string.Join(',', head)} ends with {last}, but the parent's output layer is over {inputs}; --keep-output false starts another at random");
        return options with
        {
            Head = head,
            Unfreeze = unfreeze,
            KeepOutput = keepOutput,
            FineTuneEpochs = OptionValue.AtLeast("--fine-tune-epochs", FineTuneEpochs, 0) ?? options.FineTuneEpochs,
            FineTuneBatchSize = OptionValue.AtLeast("--fine-tune-batch-size", FineTuneBatchSize, 1) ?? options.FineTuneBatchSize,
            FineTuneL2 = OptionValue.NotNegative("--fine-tune-l2", FineTuneL2) ?? options.FineTuneL2,
            FineTuneLoss = OptionValue.OneOf("--fine-tune-loss", FineTuneLoss, options.FineTuneLoss),
        };
    }
}

/// <summary>Options of training.</summary>
internal abstract class TrainingArguments : ForkArguments
{
    [Option("method", Required = true, MetaValue = "NAME", HelpText = "gmf, mlp, nmf; with sources gmf++, mlp++, nmf++, ma-gmf++, ma-mlp++, ma-nmf++, ddtcdr, conet, maml, reptile, anil, and forks nmf-forec, forec, reptile-forec, anil-forec.")]
    public string Method { get; set; } = "";

    [Option("preset", Default = "paper", MetaValue = "NAME", HelpText = "paper, authors-code or tuned; what it sets, the options below override.")]
    public string Preset { get; set; } = "paper";

    [Option("epochs", MetaValue = "N", HelpText = "Epochs of each phase (default: 25).")]
    public int? Epochs { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "Samples of a minibatch.")]
    public int? BatchSize { get; set; }

    [Option("learning-rate", MetaValue = "R", HelpText = "The learning rate, for every phase.")]
    public double? LearningRate { get; set; }

    [Option("l2", MetaValue = "R", HelpText = "The L2 coefficient.")]
    public double? L2 { get; set; }

    [Option("negatives", MetaValue = "N", HelpText = "Negatives for each positive.")]
    public int? Negatives { get; set; }

    [Option("negatives-exclude", MetaValue = "training|all", HelpText = "Negatives are never items of a user's training rows, or of all rows, as the released code (authors-code: all). all leaks what is held out.")]
    public string? NegativesExclude { get; set; }

    [Option("embedding-dim", MetaValue = "N", HelpText = "The embeddings' dimension; the first of --layers is twice that.")]
    public int? EmbeddingDim { get; set; }

    [Option("layers", MetaValue = "LIST", HelpText = "The MLP's widths, and those of conet's towers: 16,64,32,16,8.")]
    public string? Layers { get; set; }

    [Option("adam", MetaValue = "MODE", HelpText = "dense: every row of a table moves at every step; lazy: those of the minibatch.")]
    public string? Adam { get; set; }

    [Option("sampling", MetaValue = "MODE", HelpText = "How markets share minibatches: equal (in turn), concat (as one; not for ddtcdr and conet), sel (equal, source rows of the target's items).")]
    public string? Sampling { get; set; }

    [Option("ddtcdr-alpha", MetaValue = "R", HelpText = "ddtcdr: the weight of the other market's network in a score and in the loss, 0 to 1 (default: 0.03).")]
    public double? DdtcdrAlpha { get; set; }

    [Option("ddtcdr-loss", MetaValue = "NAME", HelpText = "ddtcdr: bce, or mse, the squared error of the output as the original has it.")]
    public string? DdtcdrLoss { get; set; }

    [Option("cross-gradient", MetaValue = "on|off", HelpText = "ddtcdr: off adds the other network's loss without its gradient, as the released code (authors-code: off).")]
    public string? CrossGradient { get; set; }

    [Option("dropout", MetaValue = "R", HelpText = "ddtcdr: the share of hidden units that a training step drops (default: 0.1).")]
    public double? Dropout { get; set; }

    [Option("scoring-dropout", MetaValue = "on|off", HelpText = "ddtcdr: on drops units while scoring too, as the released code (authors-code: on).")]
    public string? ScoringDropout { get; set; }

    [Option("shots", MetaValue = "N", HelpText = "Meta-learning: samples of an adaptation batch, and before a market is scored (default: 20).")]
    public int? Shots { get; set; }

    [Option("inner-lr", MetaValue = "R", HelpText = "Meta-learning: the learning rate of the inner step (default: 0.1).")]
    public double? InnerLr { get; set; }

    [Option("adapt-on", MetaValue = "MODE", HelpText = "Shots before scoring: valid (candidates, scored all the same), valid-held-out (their users not scored), train.")]
    public string? AdaptOn { get; set; }

    [Option("step", MetaValue = "NAME", HelpText = "fused (default where the device has it) or tape. No result depends on it.")]
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
        return WithFork(preset with
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
            Shots = OptionValue.AtLeast("--shots", Shots, 1) ?? preset.Shots,
            InnerRate = OptionValue.NotNegative("--inner-lr", InnerLr) ?? preset.InnerRate,
            AdaptOn = OptionValue.OneOf("--adapt-on", AdaptOn, preset.AdaptOn),
            Ddtcdr = preset.Ddtcdr with
            {
                Alpha = OptionValue.Share("--ddtcdr-alpha", DdtcdrAlpha, whole: true) ?? preset.Ddtcdr.Alpha,
                Loss = OptionValue.OneOf("--ddtcdr-loss", DdtcdrLoss, preset.Ddtcdr.Loss),
                CrossGradient = OptionValue.OnOrOff("--cross-gradient", CrossGradient) ?? preset.Ddtcdr.CrossGradient,
                Dropout = OptionValue.Share("--dropout", Dropout, whole: false) ?? preset.Ddtcdr.Dropout,
                DropoutInScoring = OptionValue.OnOrOff("--scoring-dropout", ScoringDropout) ?? preset.Ddtcdr.DropoutInScoring,
            },
        });
    }
}

/// <summary>Options of train.</summary>
[Verb("train", HelpText = "Train a method on markets and rank the target's held-out items.")]
internal sealed class TrainArguments : TrainingArguments, IRunOutput
{
    [Option("out", MetaValue = "DIR", HelpText = "Where to write the results.")]
    public string? Out { get; set; }

    [Option("trec", HelpText = "Write TREC run and qrels files into --out.")]
    public bool Trec { get; set; }

    [Option("source-pool", MetaValue = "M,M", HelpText = "With --source auto: the markets to choose from (default: all others in --data).")]
    public string? SourcePool { get; set; }

    [Option("pilots", MetaValue = "N", HelpText = "With --source auto: how many of the most promising markets are tried in short runs (default: 4).")]
    public int? Pilots { get; set; }

    [Option("pilot-epochs", MetaValue = "N", HelpText = "With --source auto: epochs of each phase of a short run (default: 5).")]
    public int? PilotEpochs { get; set; }

    [Option("cache", MetaValue = "DIR", HelpText = "Keep trained stages here, and take over those that another run has trained alike.")]
    public string? Cache { get; set; }

    [Option("resume", HelpText = "Go on from the checkpoints that a run into the same --out left when it was cut off.")]
    public bool Resume { get; set; }
}
