// The protocol of an experiment: what decides the meaning of a figure, apart from the data, the method and the seed. Published figures on
// the same files differ by protocol more than by method (docs/protocols.md).

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Which rows of the sources are trained on.</summary>
public enum SourceRows
{
    /// <summary>Those that are not held out: sources are split like the target, so that markets can change roles.</summary>
    Split,

    /// <summary>All rows.</summary>
    All,
}

/// <summary>What is known of a user when test is ranked. Validation is always ranked by what training knows.</summary>
public enum HistoryRows
{
    /// <summary>The training rows: users are scored as they were trained.</summary>
    Train,

    /// <summary>
    /// The training rows and the validation row. The model is not trained again: a scorer by histories gets the longer history, and the
    /// vectors of a user are fitted to all of the user's items (<see cref="FoldIn"/>).
    /// </summary>
    [JsonStringEnumMemberName("train+valid")]
    TrainAndValid,
}

/// <summary>A protocol.</summary>
public sealed record Protocol
{
    // Bonab et al. (CIKM 2021).
    private static readonly Protocol s_paper = new() { Split = new() { MinimumRows = 7 } };

    // The code that they released holds out the last two rows, positive or not, and draws negatives once and never from held-out rows.
    private static readonly Protocol s_code = s_paper with
    {
        Split = s_paper.Split with { HoldOut = HoldOut.LastRows },
        RedrawNegatives = false,
        NegativesExclude = NegativesExclude.All,
    };

    private static readonly OrderedDictionary<string, Protocol> s_named = new(StringComparer.Ordinal)
    {
        ["paper"] = s_paper,
        ["authors-code"] = s_code,

        // Bhargav et al. (ECIR 2023).
        ["ecir23"] = s_code with { RedrawNegatives = true },

        // Hu et al. (Information Systems 124, 2024).
        ["acmr"] = s_paper with
        {
            Split = s_paper.Split with { Order = RowOrder.Random },
            SourceRows = SourceRows.All,
            CandidatePool = CandidatePool.AllMarkets,
        },

        // What a shop gets: every item can be recommended, and everything before the test row is known.
        ["deploy"] = new() { CandidatesFrom = CandidatesFrom.All, History = HistoryRows.TrainAndValid },
    };

    /// <summary>The names of protocols.</summary>
    public static IReadOnlyList<string> Names => [.. s_named.Keys];

    /// <summary>How a market's rows are split.</summary>
    public SplitRules Split { get; init; } = new();

    /// <summary>Which rows of the sources are trained on.</summary>
    public SourceRows SourceRows { get; init; }

    /// <summary>Whether a held-out item is ranked among sampled items or among all.</summary>
    public CandidatesFrom CandidatesFrom { get; init; }

    /// <summary>The items from which candidates are taken.</summary>
    public CandidatePool CandidatePool { get; init; }

    /// <summary>The number of sampled candidates per user besides the held-out item.</summary>
    public int EvaluationNegatives { get; init; } = SampledCandidates.DefaultNegatives;

    /// <summary>What is known of a user when test is ranked.</summary>
    public HistoryRows History { get; init; }

    /// <summary>Whether training draws negatives anew in each epoch.</summary>
    public bool RedrawNegatives { get; init; } = true;

    /// <summary>Which items of a user are never negatives in training.</summary>
    public NegativesExclude NegativesExclude { get; init; } = NegativesExclude.Training;

    /// <summary>The protocol of a name.</summary>
    /// <exception cref="ArgumentException">There is no such protocol.</exception>
    public static Protocol Find(string name) => s_named.TryGetValue(name, out Protocol? protocol)
        ? protocol
        : throw new ArgumentException($"no protocol is called '{name}'; there are {string.Join(", ", Names)}");

    /// <summary>Settings of training with the protocol's negatives.</summary>
    public TrainingSettings In(TrainingSettings settings) => settings with
    {
        Samples = settings.Samples with { RedrawNegatives = RedrawNegatives, NegativesExclude = NegativesExclude },
    };
}
