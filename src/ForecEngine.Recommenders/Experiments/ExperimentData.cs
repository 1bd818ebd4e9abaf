// Reads the data of an experiment: ratings, filtered and split, with sources limited to items of the target for sampling "sel", and
// given candidates. The record holds the digests of all data.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The files of an experiment and how they are filtered and split.</summary>
/// <param name="Target">The target's files.</param>
/// <param name="Sources">The sources' files.</param>
/// <param name="Candidates">Given candidate lists, or null for sampled ones.</param>
/// <param name="Qrels">The judgements of the candidates.</param>
/// <param name="KCore">The fewest rows that items and users keep their place with, or null for no filter.</param>
/// <param name="KCorePasses">Passes of that filter; null for one.</param>
/// <param name="HoldOut">The rows to hold out; null for those of the preset.</param>
/// <param name="MinimumRows">
/// Users with fewer rows are left out; null for the preset's number, or for 1 where nothing is held out for test.
/// </param>
/// <param name="EvaluateFrom">Users with fewer rows are trained on whole; null for the preset's number.</param>
/// <param name="EvaluationNegatives">Sampled negatives among a user's candidates.</param>
/// <param name="CandidatesFrom">Which items a held-out item is ranked among; null for sampled ones, or for a checkpoint's own.</param>
public sealed record DataRequest(
    MarketFiles Target, IReadOnlyList<MarketFiles> Sources, string? Candidates = null, string? Qrels = null,
    int? KCore = null, int? KCorePasses = null, HoldOut? HoldOut = null, int? MinimumRows = null, int? EvaluateFrom = null,
    int EvaluationNegatives = SampledCandidates.DefaultNegatives, CandidatesFrom? CandidatesFrom = null)
{
    /// <summary>The rules, with the request's values in place of theirs.</summary>
    internal SplitRules Rules(SplitRules preset) => preset with
    {
        HoldOut = HoldOut ?? preset.HoldOut,
        MinimumRows = MinimumRows ?? preset.MinimumRows,
        EvaluateFrom = EvaluateFrom ?? preset.EvaluateFrom,
    };
}

/// <summary>The data of an experiment.</summary>
/// <param name="Request">The files and filters.</param>
/// <param name="Markets">The target and the sources.</param>
/// <param name="TargetRows">
/// The target's rows as they were read and filtered; <see cref="Market.Splits"/> says which part each is in.
/// </param>
/// <param name="Candidates">Given candidate lists, or null.</param>
/// <param name="Digests">The digests of the data, by name.</param>
/// <param name="Rules">How the target's rows are split, candidates given or not.</param>
/// <param name="Notes">Facts about the data that the user should know.</param>
public sealed record ExperimentData(
    DataRequest Request, IReadOnlyList<Market> Markets, Ratings TargetRows, IReadOnlyList<CandidateList>? Candidates,
    IReadOnlyDictionary<string, string> Digests, SplitRules Rules, IReadOnlyList<DataNote> Notes)
{
    /// <summary>The key of the given candidates' digest among those of the markets.</summary>
    public const string CandidatesDigest = "candidates";

    /// <summary>The key of their judgements' digest.</summary>
    public const string QrelsDigest = "qrels";

    /// <summary>Reads the data.</summary>
    /// <param name="request">The files and filters.</param>
    /// <param name="settings">The settings of training, of which the sampling and the kept epoch bear on the data.</param>
    /// <param name="preset">
    /// How rows are split where the request does not say (<see cref="Preset.Split"/>); null for the rules' own defaults.
    /// </param>
    /// <exception cref="DataFormatException">A file cannot be read, or the filters leave nothing.</exception>
    public static ExperimentData Load(DataRequest request, TrainingSettings settings, SplitRules? preset = null) =>
        Load(request, settings, preset ?? new(), model: null, whole: request.Candidates is not null);

    /// <summary>Reads the data for a trained model.</summary>
    /// <param name="request">The files and filters.</param>
    /// <param name="settings">The settings of training.</param>
    /// <param name="preset">The rules of splitting, unless the request gives others.</param>
    /// <param name="model">The model's users and items, to which the data are limited; null for no limit.</param>
    /// <param name="whole">Whether no test rows are held out, since candidates are given.</param>
    internal static ExperimentData Load(DataRequest request, TrainingSettings settings, SplitRules preset, TableIds? model, bool whole)
    {
        SortedDictionary<string, string> digests = new(StringComparer.Ordinal);
        SplitRules rules = request.Rules(preset);
        Ratings target = Read(request.Target);
        List<DataNote> notes = [];
        if (request.MinimumRows is null && (whole || rules.HoldOut == Data.HoldOut.None))
            rules = rules with { MinimumRows = 1 };
        if (model is not null)
            target = KnownRows.Of(target, model, rules.MinimumRows, notes);

        // With given candidates only validation rows are held out, and only if the settings choose an epoch by them.
        Market prepared = Market.Prepare(target, !whole ? rules : rules with
        {
            Test = false,
            HoldOut = settings.Gradient.KeptEpoch == KeptEpoch.Best && target.Time is not null ? rules.HoldOut : Data.HoldOut.None,
        });
        List<Market> markets = [prepared];
        notes.AddRange(prepared.Notes);
        foreach (MarketFiles source in request.Sources)
        {
            Ratings ratings = Read(source);
            if (settings.Samples.Sampling == Sampling.Sel)
                ratings = ratings.OnlyItems(target.Items);
            SplitRules own = request.Rules(preset);
            if (ratings.Time is null)
                own = own with { HoldOut = Data.HoldOut.None, MinimumRows = request.MinimumRows ?? 1 };
            markets.Add(Market.Prepare(ratings, own));

            // A source is never evaluated.
            notes.AddRange(markets[^1].Notes.Where(note => note.Kind is NoteKind.UsersLeftOut or NoteKind.ScaledRatings));
        }

        IReadOnlyList<CandidateList>? candidates = null;
        if (request is { Candidates: { } lists, Qrels: { } qrels })
        {
            candidates = CandidateFile.Read(lists, qrels, prepared);
            digests[CandidatesDigest] = CandidateFile.Digest(lists);
            digests[QrelsDigest] = CandidateFile.Digest(qrels);
            notes.AddRange(CandidateNotes.Of(candidates, model?.Place(prepared) ?? new MarketUnion(markets).Place(prepared.Name)));
        }

        return new ExperimentData(request, markets, target, candidates, digests, rules, notes);

        Ratings Read(MarketFiles files)
        {
            Ratings ratings = RatingsReader.Read(files.Market, files.Files, files.Columns);
            digests[files.Market] = ratings.Digest;
            return request.KCore is { } k ? Data.KCore.Filter(ratings, k, request.KCorePasses ?? 1) : ratings;
        }
    }

    /// <summary>The record of an experiment on these data.</summary>
    /// <param name="method">The name of the method.</param>
    /// <param name="preset">The preset on which the settings are based.</param>
    /// <param name="settings">The settings of training; null for those of the preset.</param>
    /// <param name="seed">The seed of every random draw.</param>
    public Experiment Record(string method, string preset, TrainingSettings? settings = null, ulong seed = Experiment.DefaultSeed) => new()
    {
        Method = method,
        Preset = preset,
        Target = Request.Target.Market,
        Sources = [.. Request.Sources.Select(source => source.Market).Order(StringComparer.Ordinal)],
        Seed = seed,
        Settings = settings ?? Preset.Find(preset),
        HoldOut = Rules.HoldOut,
        MinimumRows = Rules.MinimumRows,
        EvaluateFrom = Rules.EvaluateFrom,
        KCore = Request.KCore,
        KCorePasses = Request.KCorePasses ?? 1,
        CandidatesFrom = Request.CandidatesFrom ?? default,
        EvaluationNegatives = Request.EvaluationNegatives,
        Digests = Digests,
    };

    /// <summary>The notes on the data and on a ranking of them.</summary>
    /// <param name="split">Which held-out rows are ranked, unless candidates are given.</param>
    public IReadOnlyList<DataNote> NotesOn(Split split) =>
        Candidates is not null || Request.CandidatesFrom == CandidatesFrom.All
            ? Notes
            : [.. Notes, .. CandidateNotes.Of(Markets[0], split, Request.EvaluationNegatives)];
}
