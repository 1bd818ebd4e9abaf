// The record of an experiment: everything that determines its result. Equal records give equal numbers.

using System.Text.Json.Nodes;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Everything that determines a result.</summary>
public sealed record Experiment
{
    /// <summary>The JSON format of records: names in snake case, enumerations by name.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The default seed.</summary>
    public const ulong DefaultSeed = 42;

    /// <summary>The name of a method in the plan catalog.</summary>
    public required string Method { get; init; }

    /// <summary>The preset on which the settings are based.</summary>
    public required string Preset { get; init; }

    /// <summary>
    /// The name and digest of the file that gave the settings (<see cref="PresetFile.Id"/>), which is based on <see cref="Preset"/>; null,
    /// and not written, without such a file.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PresetFile { get; init; }

    /// <summary>The name of the protocol on which the rules are based; null for the one that the preset implies.</summary>
    [JsonPropertyName("protocol"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProtocolName { get; init; }

    /// <summary>The target market.</summary>
    public required string Target { get; init; }

    /// <summary>The source markets, in the order of their names.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The seed of every random draw.</summary>
    public ulong Seed { get; init; } = DefaultSeed;

    /// <summary>
    /// The seed of the training of a member of an ensemble (<see cref="TrainingSettings.AverageSeeds"/>): the record's for the first, and
    /// random ones for the others, so that experiments of other seeds have no member in common.
    /// </summary>
    /// <param name="member">The member; 0 is the first.</param>
    internal ulong SeedOf(int member) => member == 0 ? Seed : RandomSequence.Named(Seed, "members").Bits((ulong)member);

    /// <summary>The settings of training.</summary>
    [JsonPropertyName("options")]
    public TrainingSettings Settings { get; init; } = new();

    /// <summary>
    /// The order in which the last rows are held out. This and the other defaults of a protocol are not written, as in earlier versions.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RowOrder Order { get; init; }

    /// <summary>The seed of a random order and of a fraction of the training rows; null if there is neither.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? SplitSeed { get; init; }

    /// <summary>Which rows of each user are held out.</summary>
    public HoldOut HoldOut { get; init; } = HoldOut.LastPositives;

    /// <summary>Users with fewer rows are removed.</summary>
    public int MinimumRows { get; init; } = 1;

    /// <summary>All rows of users with fewer rows are for training; these users are not evaluated.</summary>
    public int EvaluateFrom { get; init; } = 7;

    /// <summary>The fraction of the target's training rows that is kept; null for all rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TrainingFraction { get; init; }

    /// <summary>Which rows of the sources are trained on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public SourceRows SourceRows { get; init; }

    /// <summary>k of the k-core filter: the fewest rows of items, then of users; null for no filter.</summary>
    public int? KCore { get; init; }

    /// <summary>The number of passes of the k-core filter.</summary>
    public int KCorePasses { get; init; } = 1;

    /// <summary>
    /// Whether a held-out item is ranked among sampled items, all items or both. The default is not written, as in earlier versions, whose
    /// default were the sampled items alone; the rankings among these are the same.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public CandidatesFrom CandidatesFrom { get; init; }

    /// <summary>The items from which candidates are taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public CandidatePool CandidatePool { get; init; }

    /// <summary>What is known of a user when test is ranked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public HistoryRows History { get; init; }

    /// <summary>The number of sampled negatives per user in evaluation.</summary>
    public int EvaluationNegatives { get; init; } = SampledCandidates.DefaultNegatives;

    /// <summary>The protocol: the members above that belong to it, and the negatives of the settings.</summary>
    [JsonIgnore]
    public Protocol Protocol => new()
    {
        Split = new()
        {
            Order = Order,
            SplitSeed = SplitSeed ?? SplitRules.DefaultSplitSeed,
            HoldOut = HoldOut,
            MinimumRows = MinimumRows,
            EvaluateFrom = EvaluateFrom,
            TrainingFraction = TrainingFraction ?? 1,
        },
        SourceRows = SourceRows,
        CandidatesFrom = CandidatesFrom,
        CandidatePool = CandidatePool,
        EvaluationNegatives = EvaluationNegatives,
        History = History,
        RedrawNegatives = Settings.Samples.RedrawNegatives,
        NegativesExclude = Settings.Samples.NegativesExclude,
    };

    /// <summary>This record with the rules of a protocol. The negatives of training stay those of the settings.</summary>
    internal Experiment Under(Protocol protocol) => this with
    {
        Order = protocol.Split.Order,
        SplitSeed = protocol.Split.UsesSeed ? protocol.Split.SplitSeed : null,
        HoldOut = protocol.Split.HoldOut,
        MinimumRows = protocol.Split.MinimumRows,
        EvaluateFrom = protocol.Split.EvaluateFrom,
        TrainingFraction = protocol.Split.TrainingFraction < 1 ? protocol.Split.TrainingFraction : null,
        SourceRows = protocol.SourceRows,
        CandidatesFrom = protocol.CandidatesFrom,
        CandidatePool = protocol.CandidatePool,
        EvaluationNegatives = protocol.EvaluationNegatives,
        History = protocol.History,
    };

    /// <summary>The protocol on which the record's is based, before options changed it.</summary>
    /// <exception cref="ArgumentException">There is no preset or protocol of the record's name.</exception>
    [JsonIgnore]
    public Protocol BaseProtocol => ProtocolName is { } name ? Protocol.Find(name) : Experiments.Preset.ProtocolOf(Preset);

    /// <summary>The digests of the rows of each market and of given candidate lists and qrels, by name.</summary>
    public IReadOnlyDictionary<string, string> Digests { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The arithmetic: <c>cpu</c> for all devices of the host's processor, which agree bit for bit; for another device its name. A run
    /// that was resumed on another device has both: <c>cpu then opencl:NAME</c>.
    /// </summary>
    public string Arithmetic { get; init; } = "cpu";

    /// <summary>This record with the arithmetic of a device, unless it already ends with that of the device.</summary>
    public Experiment On(IDevice device) => EndsWith(Of(device)) ? this : this with { Arithmetic = Of(device) };

    /// <summary>This record for a run that began with another arithmetic and is resumed on a device.</summary>
    public Experiment ResumedOn(IDevice device, string began)
    {
        Experiment resumed = this with { Arithmetic = began };
        return resumed.EndsWith(Of(device)) ? resumed : resumed with { Arithmetic = $"{began}{Then}{Of(device)}" };
    }

    /// <summary>The arithmetics that this run had before it was resumed on other devices, the latest first.</summary>
    internal IEnumerable<string> EarlierArithmetics
    {
        get
        {
            for (int end = Arithmetic.LastIndexOf(Then, StringComparison.Ordinal); end > 0;
                end = Arithmetic[..end].LastIndexOf(Then, StringComparison.Ordinal))
                yield return Arithmetic[..end];
        }
    }

    private const string Then = " then ";

    private static string Of(IDevice device) => device.IsHost ? "cpu" : device.Name;

    private bool EndsWith(string arithmetic) =>
        Arithmetic == arithmetic || Arithmetic.EndsWith(Then + arithmetic, StringComparison.Ordinal);

    /// <summary>Whether test ranks given candidate lists.</summary>
    internal bool HasGivenLists => Digests.ContainsKey(ExperimentData.CandidatesDigest);

    /// <summary>The kind of candidates among which validation items select the best epoch.</summary>
    internal CandidatesFrom SelectFrom => CandidatesFrom == CandidatesFrom.All ? CandidatesFrom.All : CandidatesFrom.Sampled;

    // The most pairs of users and items for which a ranking among all items is added to the sampled one: some minutes for nmf.
    private const long MostPairs = 1L << 32;

    /// <summary>Whether a market is too large for a ranking among all items beside the sampled one.</summary>
    internal static bool IsTooLarge(Market market) => (long)market.Test.Count * market.CandidatePoolSize > MostPairs;

    /// <summary>All items as candidates, if they are ranked beside the sampled ones; otherwise null.</summary>
    internal AllCandidates? Besides(Market market, Split split) =>
        CandidatesFrom == CandidatesFrom.Both && !IsTooLarge(market) ? new AllCandidates(market, split) : null;

    /// <summary>The candidates of a market's held-out rows; for both kinds, the sampled ones, which select the best epoch.</summary>
    /// <exception cref="DataFormatException">Every user has every item, so that there is nothing to rank a held-out item among.</exception>
    internal IReadOnlyList<CandidateList> Candidates(Market market, Split split) => CandidatesFrom == CandidatesFrom.All
        ? new AllCandidates(market, split)
        : SampledCandidates.Draw(market, split, Seed, EvaluationNegatives);

    /// <summary>The record as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads a record. One without <c>hold_out</c> is of an earlier version and gets the rules of that version.</summary>
    /// <exception cref="JsonException">The text is not a record.</exception>
    internal static Experiment Parse(string json)
    {
        Experiment experiment = JsonSerializer.Deserialize<Experiment>(json, JsonOptions) ?? throw new JsonException("it is null");
        if (experiment.Fault() is { } fault)
            throw new JsonException(fault);

        // Earlier versions held out the last rows of every user, and never drew any of a user's items as training negatives.
        return JsonNode.Parse(json)?["hold_out"] is not null ? experiment : experiment with
        {
            HoldOut = HoldOut.LastRows,
            EvaluateFrom = 1,
            Settings = experiment.Settings with
            {
                Samples = experiment.Settings.Samples with { NegativesExclude = NegativesExclude.All },
            },
        };
    }

    /// <summary>Reads a record from a file: a result.json, or a bare record.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has no record.</exception>
    public static Experiment Read(string path)
    {
        try
        {
            JsonObject? json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
            JsonObject? record = json?["experiment"] as JsonObject ?? json;
            return record?.ContainsKey("method") == true
                ? Parse(record.ToJsonString())
                : throw new JsonException("expects a result.json, or its part 'experiment'");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            string problem = e is JsonException or InvalidOperationException ? "contains no record of an experiment: " : "";
            throw new DataFormatException($"{path}: {problem}{e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Describes the first invalid value of the record; null if all are valid.</summary>
    internal string? Fault() => this switch
    {
        { ProtocolName: { } name } when !Protocol.Names.Contains(name) => $"protocol is '{name}'",
        { EvaluationNegatives: < 1 or > 1_000_000 } => $"evaluation_negatives is {EvaluationNegatives}",
        { MinimumRows: < 1 } => $"minimum_rows is {MinimumRows}",
        { EvaluateFrom: < 1 } => $"evaluate_from is {EvaluateFrom}",
        { TrainingFraction: not (null or (> 0 and <= 1)) } => $"training_fraction is {TrainingFraction}",
        { KCore: < 1 } => $"k_core is {KCore}",
        { KCorePasses: < 1 } => $"k_core_passes is {KCorePasses}",
        { Settings.AverageSeeds: < 1 or > 100 } => $"average_seeds is {Settings.AverageSeeds}",
        { Settings.History.Fault: { } fault } => fault,
        { Settings.MetaLearning.SupportSize: < 1 or > 1_000_000 } => $"shots is {Settings.MetaLearning.SupportSize}",
        { Settings.Samples.Negatives: < 0 or > 1_000_000 } => $"negatives is {Settings.Samples.Negatives}",
        { Settings.Model.Ddtcdr: not { Alpha: >= 0 and <= 1, Dropout: >= 0 and < 1 } } => $"ddtcdr is {Settings.Model.Ddtcdr}",
        { Settings.Model.Dropout: not (>= 0 and < 1) } => $"dropout is {Settings.Model.Dropout}",
        { Settings.Model.Ddtcdr.Loss: not (RatingLoss.Bce or RatingLoss.Mse) } => $"ddtcdr is {Settings.Model.Ddtcdr}",
        _ => Settings.Gradient.Fault,
    };
}
