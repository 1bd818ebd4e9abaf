// The options of training that verbs share, as the command line gives them.

using System.Globalization;
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

    [Option("out", MetaValue = "DIR", HelpText = "Where to write the results.")]
    public string? Out { get; set; }

    [Option("trec", HelpText = "Write TREC run and qrels files into --out.")]
    public bool Trec { get; set; }
}

/// <summary>Options of training.</summary>
[Verb("train", HelpText = "Train a method on markets and rank the target's held-out items.")]
internal sealed class TrainArguments : RankingArguments
{
    [Option("method", Required = true, MetaValue = "NAME", HelpText = "On the target alone: gmf, mlp, nmf. With sources: gmf++, mlp++, nmf++; ma-gmf++, ma-mlp++, ma-nmf++; ddtcdr; conet; maml; nmf-forec; forec.")]
    public string Method { get; set; } = "";

    [Option("preset", Default = "paper", MetaValue = "NAME", HelpText = "paper, authors-code or tuned; what it sets, the options below override.")]
    public string Preset { get; set; } = "paper";

    [Option("epochs", MetaValue = "N", HelpText = "Epochs of each phase.")]
    public int? Epochs { get; set; }

    [Option("batch-size", MetaValue = "N", HelpText = "Samples of a minibatch.")]
    public int? BatchSize { get; set; }

    [Option("learning-rate", MetaValue = "R", HelpText = "The learning rate, for every phase.")]
    public double? LearningRate { get; set; }

    [Option("l2", MetaValue = "R", HelpText = "The L2 coefficient.")]
    public double? L2 { get; set; }

    [Option("negatives", MetaValue = "N", HelpText = "Negatives for each positive.")]
    public int? Negatives { get; set; }

    [Option("embedding-dim", MetaValue = "N", HelpText = "The embeddings' dimension; the first of --layers is twice that.")]
    public int? EmbeddingDim { get; set; }

    [Option("layers", MetaValue = "LIST", HelpText = "The MLP's widths, and those of conet's towers: 16,64,32,16,8.")]
    public string? Layers { get; set; }

    [Option("adam", MetaValue = "MODE", HelpText = "dense: every row of a table moves at every step; lazy: those of the minibatch.")]
    public string? Adam { get; set; }

    [Option("source-pool", MetaValue = "M,M", HelpText = "With --source auto: the markets to choose from (default: all others in --data).")]
    public string? SourcePool { get; set; }

    [Option("pilots", MetaValue = "N", HelpText = "With --source auto: how many of the most promising markets are tried in short runs (default: 4).")]
    public int? Pilots { get; set; }

    [Option("pilot-epochs", MetaValue = "N", HelpText = "With --source auto: epochs of each phase of a short run (default: 5).")]
    public int? PilotEpochs { get; set; }

    [Option("sampling", MetaValue = "MODE", HelpText = "How markets share minibatches: equal (in turn), concat (as one; not for ddtcdr and conet), sel (equal, source rows of the target's items).")]
    public string? Sampling { get; set; }

    [Option("ddtcdr-alpha", MetaValue = "R", HelpText = "ddtcdr: the weight of the other market's network in a score and in the loss, 0 to 1 (0.03).")]
    public double? DdtcdrAlpha { get; set; }

    [Option("ddtcdr-loss", MetaValue = "NAME", HelpText = "ddtcdr: bce, or mse, the squared error of the output as the original has it.")]
    public string? DdtcdrLoss { get; set; }

    [Option("cross-gradient", MetaValue = "on|off", HelpText = "ddtcdr: off adds the other network's loss without its gradient, as the released code (authors-code: off).")]
    public string? CrossGradient { get; set; }

    [Option("dropout", MetaValue = "R", HelpText = "ddtcdr: the share of hidden units that a training step drops (0.1).")]
    public double? Dropout { get; set; }

    [Option("scoring-dropout", MetaValue = "on|off", HelpText = "ddtcdr: on drops units while scoring too, as the released code (authors-code: on).")]
    public string? ScoringDropout { get; set; }

    private const int WidestLayer = 1 << 16;

    /// <summary>The preset with what the options override.</summary>
    /// <exception cref="CommandLineException">A value is out of its range, named with the option.</exception>
    public TrainingOptions ToOptions()
    {
        TrainingOptions preset = Name("--preset", () => Recommenders.Experiments.Preset.Find(Preset));
        int dimension = NumberOption.Between("--embedding-dim", EmbeddingDim, 1, 4096) ?? preset.Dimension;
        int[] layers = Layers is null ? [2 * dimension, .. preset.Layers.Skip(1)] : ParseWidths(Layers);
        if (layers.Length < 2 || layers[0] != 2 * dimension)
            throw new CommandLineException($"--layers: {string.Join(',', layers)} does not begin with {2 * dimension}, twice --embedding-dim, and at least one width more");
        return preset with
        {
            Epochs = NumberOption.Between("--epochs", Epochs, 1, 1_000_000) ?? preset.Epochs,
            BatchSize = NumberOption.Between("--batch-size", BatchSize, 1, 1 << 20) ?? preset.BatchSize,
            LearningRate = NumberOption.Positive("--learning-rate", LearningRate) ?? preset.LearningRate,
            L2 = NumberOption.NotNegative("--l2", L2) ?? preset.L2,
            Negatives = NumberOption.Between("--negatives", Negatives, 0, 1000) ?? preset.Negatives,
            Dimension = dimension,
            Layers = layers,
            Adam = ParseName("--adam", Adam, preset.Adam),
            Sampling = ParseName("--sampling", Sampling, preset.Sampling),
            Ddtcdr = preset.Ddtcdr with
            {
                Alpha = NumberOption.Share("--ddtcdr-alpha", DdtcdrAlpha, whole: true) ?? preset.Ddtcdr.Alpha,
                Loss = ParseName("--ddtcdr-loss", DdtcdrLoss, preset.Ddtcdr.Loss),
                CrossGradient = OnOrOff("--cross-gradient", CrossGradient) ?? preset.Ddtcdr.CrossGradient,
                Dropout = NumberOption.Share("--dropout", Dropout, whole: false) ?? preset.Ddtcdr.Dropout,
                DropoutInScoring = OnOrOff("--scoring-dropout", ScoringDropout) ?? preset.Ddtcdr.DropoutInScoring,
            },
        };
    }

    private static T Name<T>(string option, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArgumentException exception)
        {
            throw new CommandLineException($"{option}: {exception.Message}");
        }
    }

    private static TEnum ParseName<TEnum>(string option, string? text, TEnum preset)
        where TEnum : struct, Enum
    {
        if (text is null)
            return preset;
        return Enum.TryParse(text, ignoreCase: true, out TEnum value) && !char.IsDigit(text[0])
            ? value
            : throw new CommandLineException($"{option}: '{text}' is not one of {string.Join(", ", Enum.GetNames<TEnum>()).ToLowerInvariant()}");
    }

    private static bool? OnOrOff(string option, string? text) => text switch
    {
        null => null,
        "on" => true,
        "off" => false,
        _ => throw new CommandLineException($"{option}: '{text}' is not one of on, off"),
    };

    private static int[] ParseWidths(string text)
    {
        string[] parts = text.Split(',');
        int[] widths = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int width) ? width : 0)];
        return widths.All(width => width is > 0 and <= WidestLayer)
            ? widths
            : throw new CommandLineException($"--layers: '{text}' is not a list of numbers from 1 to {WidestLayer} separated by commas");
    }
}
