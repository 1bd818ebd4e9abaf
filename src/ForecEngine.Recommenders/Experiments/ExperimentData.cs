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
/// <param name="HoldOut">Which rows to hold out; null for the protocol's choice, as for all that follow.</param>
/// <param name="MinimumRows">Users with fewer rows are removed; null for the protocol's number, or for 1 if no test row is held out.
/// </param>
/// <param name="EvaluateFrom">All rows of users with fewer rows are for training.</param>
/// <param name="EvaluationNegatives">The number of sampled candidates per user.</param>
/// <param name="CandidatesFrom">Whether a held-out item is ranked among sampled items, all items or both.</param>
public sealed record DataRequest(
    MarketFiles Target, IReadOnlyList<MarketFiles> Sources, string? Candidates = null, string? Qrels = null,
    int? KCore = null, int? KCorePasses = null, HoldOut? HoldOut = null, int? MinimumRows = null, int? EvaluateFrom = null,
    int? EvaluationNegatives = null, CandidatesFrom? CandidatesFrom = null)
{
    /// <summary>Given candidates of the held-out test items, in place of sampled ones; null for sampled ones.</summary>
    public string? TestCandidates { get; init; }

    /// <summary>Given candidates of the held-out validation items, in place of sampled ones; null for sampled ones.</summary>
    public string? ValidCandidates { get; init; }

    /// <summary>The order in which the last rows are held out.</summary>
    public RowOrder? Order { get; init; }

    /// <summary>The seed of a random order, and of the rows that a fraction keeps.</summary>
    public ulong? SplitSeed { get; init; }

    /// <summary>The fraction of the target's training rows that is kept.</summary>
    public double? TrainingFraction { get; init; }

    /// <summary>Which rows of the sources are trained on.</summary>
    public SourceRows? SourceRows { get; init; }

    /// <summary>The items from which candidates are taken.</summary>
    public CandidatePool? CandidatePool { get; init; }

    /// <summary>What is known of a user when test is ranked.</summary>
    public HistoryRows? History { get; init; }

    /// <summary>A protocol, overridden by the request's values.</summary>
    public Protocol Over(Protocol protocol) => protocol with
    {
        Split = protocol.Split with
        {
            Order = Order ?? protocol.Split.Order,
            SplitSeed = SplitSeed ?? protocol.Split.SplitSeed,
            HoldOut = HoldOut ?? protocol.Split.HoldOut,
            MinimumRows = MinimumRows ?? protocol.Split.MinimumRows,
            EvaluateFrom = EvaluateFrom ?? protocol.Split.EvaluateFrom,
            TrainingFraction = TrainingFraction ?? protocol.Split.TrainingFraction,
        },
        SourceRows = SourceRows ?? protocol.SourceRows,
        CandidatesFrom = CandidatesFrom ?? protocol.CandidatesFrom,
        CandidatePool = CandidatePool ?? protocol.CandidatePool,
        EvaluationNegatives = EvaluationNegatives ?? protocol.EvaluationNegatives,
        History = History ?? protocol.History,
    };
}

/// <summary>The data of an experiment.</summary>
/// <param name="Request">The files and filters.</param>
/// <param name="Markets">The target and the sources.</param>
/// <param name="TargetRows">The target's rows after filtering; <see cref="Market.Splits"/> has the part of the split of each.</param>
/// <param name="Candidates">Given candidate lists, or null.</param>
/// <param name="Digests">The digests of the data, by name.</param>
/// <param name="Protocol">
/// The protocol, with the negatives of the settings; its rules split the target's rows without given candidates.
/// </param>
/// <param name="Notes">Facts about the data that the user should know.</param>
public sealed record ExperimentData(
    DataRequest Request, IReadOnlyList<Market> Markets, Ratings TargetRows, IReadOnlyList<CandidateList>? Candidates,
    IReadOnlyDictionary<string, string> Digests, Protocol Protocol, IReadOnlyList<DataNote> Notes)
{
    /// <summary>The key of the given candidates' digest in <see cref="Digests"/>.</summary>
    public const string CandidatesDigest = "candidates";

    /// <summary>The key of the judgements' digest in <see cref="Digests"/>.</summary>
    public const string QrelsDigest = "qrels";

    /// <summary>The key of the digest of <see cref="DataRequest.TestCandidates"/> in <see cref="Digests"/>.</summary>
    public const string TestCandidatesDigest = "test_candidates";

    /// <summary>The key of the digest of <see cref="DataRequest.ValidCandidates"/> in <see cref="Digests"/>.</summary>
    public const string ValidCandidatesDigest = "valid_candidates";

    /// <summary>The keys of digests of candidates, which are of one ranking only.</summary>
    internal static IReadOnlyList<string> CandidateDigests { get; } =
        [CandidatesDigest, QrelsDigest, TestCandidatesDigest, ValidCandidatesDigest];

    /// <summary>Reads the data.</summary>
    /// <param name="request">The files and filters.</param>
    /// <param name="settings">The settings of training; the sampling and the kept epoch affect the data.</param>
    /// <param name="protocol">
    /// The protocol, which the request's values override (<see cref="Preset.ProtocolOf"/>); null for the defaults.
    /// </param>
    /// <exception cref="DataFormatException">A file cannot be read, or the filters leave nothing.</exception>
    public static ExperimentData Load(DataRequest request, TrainingSettings settings, Protocol? protocol = null) =>
        Load(request, settings, protocol ?? new(), model: null, whole: request.Candidates is not null);

    // With a trained model, rows of users and items that it does not know are removed. `whole` says that candidates are given, so that no
    // test row is held out.
    internal static ExperimentData Load(DataRequest request, TrainingSettings settings, Protocol protocol, TableIds? model, bool whole)
    {
        SortedDictionary<string, string> digests = new(StringComparer.Ordinal);
        protocol = request.Over(protocol) with
        {
            RedrawNegatives = settings.Samples.RedrawNegatives,
            NegativesExclude = settings.Samples.NegativesExclude,
        };
        SplitRules rules = protocol.Split, sourceRules = rules with { TrainingFraction = 1 };
        Ratings target = Read(request.Target);
        List<DataNote> notes = [];
        rules = OfTarget(rules, request, whole);
        if (model is not null)
            target = KnownRows.Of(target, model, rules.MinimumRows, notes);

        // With given candidates, only validation rows are held out, and only if the epoch is selected by validation.
        Market prepared = Market.Prepare(target, !whole ? rules : rules with
        {
            Test = false,
            HoldOut = settings.Gradient.ChoosesEpoch && CanHoldOut(target) ? rules.HoldOut : Data.HoldOut.None,
        });
        List<Market> markets = [prepared];
        notes.AddRange(prepared.Notes);
        SortedDictionary<string, IdTable> pool = new(StringComparer.Ordinal);
        foreach (MarketFiles source in request.Sources)
        {
            Ratings ratings = Read(source);
            pool[source.Market] = ratings.Items;
            if (settings.Samples.Sampling == Sampling.Sel)
                ratings = ratings.OnlyItems(target.Items);
            SplitRules own = sourceRules;
            if (!CanHoldOut(ratings) || protocol.SourceRows == Experiments.SourceRows.All)
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

        if (candidates is null && protocol.CandidatePool == Data.CandidatePool.AllMarkets)
            AddPool();
        GiveCandidates(Split.Test, TestCandidatesDigest, request.TestCandidates);
        GiveCandidates(Split.Valid, ValidCandidatesDigest, request.ValidCandidates);
        return new ExperimentData(request, markets, target, candidates, digests, protocol with { Split = rules }, notes);

        bool CanHoldOut(Ratings ratings) => ratings.Time is not null || rules.Order == RowOrder.Random;

        // In the order of names, so that the candidates do not depend on the order of the sources.
        void AddPool()
        {
            if (pool.Count == 0)
                throw new DataFormatException($"{prepared.Name}: the candidates are items of all markets, but no other market is named");
            foreach (IdTable items in pool.Values)
                prepared.AddCandidates(items);
        }

        void GiveCandidates(Split split, string digest, string? path)
        {
            if (path is null)
                return;
            if (protocol.CandidatesFrom == Data.CandidatesFrom.All)
                throw new DataFormatException($"{path}: has no effect, because held-out items are ranked among all items");
            IReadOnlyList<CandidateList> lists = CandidateFile.ReadHeldOut(path, prepared, split);
            prepared.GiveCandidates(split, lists);
            digests[digest] = CandidateFile.Digest(path);
            PlacedMarket placed = model?.Place(prepared) ?? new MarketUnion(markets).Place(prepared.Name);
            notes.AddRange(CandidateNotes.Of(lists, placed).Where(note => note.Kind == NoteKind.UnknownItems));
        }

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
    /// <param name="protocol">The name of the protocol on which the rules are based; null for the one that the preset implies.</param>
    public Experiment Record(
        string method, string preset, TrainingSettings? settings = null, ulong seed = Experiment.DefaultSeed, string? protocol = null) =>
        RecordOf(Request, Digests, Protocol, method, preset, settings ?? Preset.Find(preset), seed, protocol);

    /// <summary>The record that an experiment on some files will have, before they are prepared.</summary>
    /// <param name="request">The files and filters.</param>
    /// <param name="digests">The digest of each market's rows, and of nothing else.</param>
    /// <param name="method">The name of the method.</param>
    /// <param name="preset">The preset on which the settings are based.</param>
    /// <param name="settings">The settings of training.</param>
    /// <param name="rules">The protocol, which the request's values override.</param>
    /// <param name="seed">The seed of every random draw.</param>
    /// <param name="protocol">The name of the protocol on which the rules are based; null for the one that the preset implies.</param>
    public static Experiment PlannedRecord(
        DataRequest request, IReadOnlyDictionary<string, string> digests, string method, string preset, TrainingSettings settings,
        Protocol rules, ulong seed, string? protocol)
    {
        rules = request.Over(rules);
        rules = rules with { Split = OfTarget(rules.Split, request, whole: false) };
        return RecordOf(request, digests, rules, method, preset, settings, seed, protocol);
    }

    // All rows of users with few rows are kept if nothing is held out.
    private static SplitRules OfTarget(SplitRules rules, DataRequest request, bool whole) =>
        request.MinimumRows is null && (whole || rules.HoldOut == Data.HoldOut.None) ? rules with { MinimumRows = 1 } : rules;

    private static Experiment RecordOf(
        DataRequest request, IReadOnlyDictionary<string, string> digests, Protocol rules, string method, string preset,
        TrainingSettings settings, ulong seed, string? protocol)
    {
        Experiment record = new()
        {
            Method = method,
            Preset = preset,
            ProtocolName = protocol,
            Target = request.Target.Market,
            Sources = [.. request.Sources.Select(source => source.Market).Order(StringComparer.Ordinal)],
            Seed = seed,
            Settings = settings,
            KCore = request.KCore,
            KCorePasses = request.KCorePasses ?? 1,
            Digests = digests,
        };
        return record.Under(rules);
    }

    // The number of sampled negatives per user, or null for all items and given ones.
    private int? Negatives(Split split) => Protocol.CandidatesFrom == CandidatesFrom.All || Markets[0].GivenCandidates(split) is not null
        ? null : Protocol.EvaluationNegatives;

    /// <summary>The notes on the data and on a ranking of them.</summary>
    /// <param name="split">Which held-out rows are ranked, unless candidates are given.</param>
    public IReadOnlyList<DataNote> NotesOn(Split split)
    {
        if (Candidates is not null)
            return Notes;
        List<DataNote> notes = [.. Notes, .. CandidateNotes.Of(Markets[0], split, Negatives(split))];
        if (Protocol.CandidatesFrom == CandidatesFrom.Both && Experiment.IsTooLarge(Markets[0]))
        {
            int users = Markets[0].HeldOut(split).Count;
            string text = $"{users} users and {Markets[0].CandidatePoolSize} items are too many to rank among all items too";
            notes.Add(new DataNote(NoteKind.NotRankedAmongAll, Markets[0].Name, users, users, text));
        }

        return notes;
    }
}
