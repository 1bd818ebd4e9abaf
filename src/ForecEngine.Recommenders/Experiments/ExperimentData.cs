// Reads the data of an experiment: ratings, which are filtered and split, and given candidates. With sampling "sel", only rows of the
// target's items are kept in the sources. The record has the digests of all data.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The files of an experiment, and how to filter and split them.</summary>
/// <param name="Target">The target's files.</param>
/// <param name="Sources">The sources' files.</param>
/// <param name="Candidates">Given candidate lists, or null for sampled ones.</param>
/// <param name="Qrels">The judgements of the candidates.</param>
/// <param name="KCore">k of the k-core filter: the fewest rows of items and users; null for no filter.</param>
/// <param name="KCorePasses">The number of passes of the k-core filter; null for one.</param>
/// <param name="HoldOut">Which rows to hold out; null for the preset's choice.</param>
/// <param name="MinimumRows">Users with fewer rows are removed; null for the preset's number, or for 1 if no test row is held out.</param>
/// <param name="EvaluateFrom">All rows of users with fewer rows are for training; null for the preset's number.</param>
/// <param name="EvaluationNegatives">The number of sampled negatives per user.</param>
/// <param name="CandidatesFrom">The items among which a held-out item is ranked; null for both all and sampled ones or, for a checkpoint,
/// those of its record.</param>
public sealed record DataRequest(
    MarketFiles Target, IReadOnlyList<MarketFiles> Sources, string? Candidates = null, string? Qrels = null,
    int? KCore = null, int? KCorePasses = null, HoldOut? HoldOut = null, int? MinimumRows = null, int? EvaluateFrom = null,
    int EvaluationNegatives = SampledCandidates.DefaultNegatives, CandidatesFrom? CandidatesFrom = null)
{
    /// <summary>The rules, overridden by the request's values.</summary>
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
/// <param name="TargetRows">The target's rows after filtering; <see cref="Market.Splits"/> has the part of the split of each.</param>
/// <param name="Candidates">Given candidate lists, or null.</param>
/// <param name="Digests">The digests of the data, by name.</param>
/// <param name="Rules">How the target's rows are split without given candidates.</param>
/// <param name="Notes">Facts about the data that the user should know.</param>
public sealed record ExperimentData(
    DataRequest Request, IReadOnlyList<Market> Markets, Ratings TargetRows, IReadOnlyList<CandidateList>? Candidates,
    IReadOnlyDictionary<string, string> Digests, SplitRules Rules, IReadOnlyList<DataNote> Notes)
{
    /// <summary>The key of the given candidates' digest in <see cref="Digests"/>.</summary>
    public const string CandidatesDigest = "candidates";

    /// <summary>The key of the judgements' digest in <see cref="Digests"/>.</summary>
    public const string QrelsDigest = "qrels";

    /// <summary>Reads the data.</summary>
    /// <param name="request">The files and filters.</param>
    /// <param name="settings">The settings of training; the sampling and the kept epoch affect the data.</param>
    /// <param name="preset">
    /// How rows are split unless the request says otherwise (<see cref="Preset.Split"/>); null for the defaults of the rules.
    /// </param>
    /// <exception cref="DataFormatException">A file cannot be read, or the filters leave nothing.</exception>
    public static ExperimentData Load(DataRequest request, TrainingSettings settings, SplitRules? preset = null) =>
        Load(request, settings, preset ?? new(), model: null, whole: request.Candidates is not null);

    // With a trained model, rows of users and items that it does not know are removed. `whole` says that candidates are given, so that no
    // test row is held out.
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

        // With given candidates, only validation rows are held out, and only if the epoch is selected by validation.
        Market prepared = Market.Prepare(target, !whole ? rules : rules with
        {
            Test = false,
            HoldOut = settings.Gradient.ChoosesEpoch && target.Time is not null ? rules.HoldOut : Data.HoldOut.None,
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

            // Sources are never evaluated.
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

    // The number of sampled negatives per user, or null for all items.
    private int? Negatives => Request.CandidatesFrom == CandidatesFrom.All ? null : Request.EvaluationNegatives;

    /// <summary>The notes on the data and on a ranking of them.</summary>
    /// <param name="split">Which held-out rows are ranked, unless candidates are given.</param>
    public IReadOnlyList<DataNote> NotesOn(Split split)
    {
        if (Candidates is not null)
            return Notes;
        List<DataNote> notes = [.. Notes, .. CandidateNotes.Of(Markets[0], split, Negatives)];
        if ((Request.CandidatesFrom ?? default) == Data.CandidatesFrom.Both && Experiment.IsTooLarge(Markets[0]))
        {
            int users = Markets[0].HeldOut(split).Count;
            string text = $"{users} users and {Markets[0].PoolSize} items are too many to rank among all items too";
            notes.Add(new DataNote(NoteKind.NotRankedAmongAll, Markets[0].Name, users, users, text));
        }

        return notes;
    }
}
