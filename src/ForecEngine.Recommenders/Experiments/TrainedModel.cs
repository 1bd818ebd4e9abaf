// A model read from a checkpoint, with the ids of its rows and the record of its experiment. It has the scores of the end of training, and
// can be the parent of a fork for one market.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A trained model.</summary>
public sealed class TrainedModel
{
    private const string OtherPreset = "paper"; // the preset of a file without a record

    private readonly string _path;
    private readonly IDevice _device;
    private readonly ModelEntry _entry;
    private readonly IFittedModel _model;
    private readonly ModelShape _shape;
    private readonly Experiment? _experiment;
    private TableIds? _ids;
    private bool _adapted;

    private TrainedModel(
        string path, IDevice device, ModelEntry entry, IFittedModel model, ModelShape shape, TableIds? ids, Experiment? experiment) =>
        (_path, _device, _entry, _model, _shape, _ids, _experiment) = (path, device, entry, model, shape, ids, experiment);

    /// <summary>The model's name in the catalog.</summary>
    public string ModelName => _entry.Name;

    /// <summary>The target of its training; null if the checkpoint has no record.</summary>
    public string? Target => _experiment?.Target;

    /// <summary>What is known of a user besides the training rows when test is ranked, and when lists are made.</summary>
    public HistoryRows History => _experiment?.History ?? HistoryRows.Train;

    /// <summary>Whether markets share item vectors.</summary>
    public bool SharesItems => !_entry.NeedsOneMarket;

    /// <summary>The ids of the rows.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no ids file: see <see cref="NeedsData"/>.</exception>
    public TableIds Ids => _ids
        ?? throw new CheckpointException(
            _path, $"has no {Path.GetFileName(RunDirectory.IdsPath(_path))} beside it with the ids of its rows");

    /// <summary>Whether <see cref="Prepare"/> must be called before scoring: the model has no ids, or adapts to the market first.</summary>
    public bool NeedsData => _ids is null || (Meta is not null && !_adapted);

    private MetaFit? Meta => LastFit as MetaFit;

    // Null without a record, and for a method that this program does not know.
    private Fit? LastFit => _experiment is not null && PlanCatalog.Methods.Contains(_experiment.Method)
        ? PlanCatalog.Find(_experiment.Method, _experiment.Settings).Phases[^1].Fit : null;

    /// <summary>
    /// Reads a checkpoint for scoring: the model adapted to its target if the run wrote it, otherwise that of <see cref="Load"/>.
    /// </summary>
    /// <param name="path">A run's directory, or a checkpoint.</param>
    /// <param name="device">The device of the model.</param>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static TrainedModel LoadToScore(string path, IDevice device)
    {
        TrainedModel trained = Load(path, device);
        if (trained.Meta is not null)
            trained.ReadAdapted();
        return trained;
    }

    private void ReadAdapted()
    {
        if (RunDirectory.AdaptedPath(_path) is not { } adapted || !File.Exists(adapted))
            return;
        SafetensorsFile file = SafetensorsFile.Read(adapted);
        if (Text(ReadRecord(file)) != Text(_experiment))
            throw new CheckpointException(adapted, $"belongs to another run than {_path}");
        IReadOnlyList<IRecommender> networks = Networks;
        int members = Ensemble.Read(file, (own, index) =>
        {
            if (index < networks.Count)
                ModelCheckpoint.Read(own, networks[index]);
            return index;
        }).Count;
        if (members != networks.Count)
            throw new CheckpointException(adapted, $"has {members} members, {_path} has {networks.Count}");
        _adapted = true;

        static string Text(Experiment? record) => JsonSerializer.Serialize(record, Experiment.JsonOptions);
    }

    /// <summary>Prepares the model to score a market: assigns ids if it has none, and adapts it if it is meta-learned.</summary>
    /// <param name="data">The data of its training, from <see cref="Read"/>, with the market first.</param>
    /// <exception cref="CheckpointException">The sizes of the tables do not match the markets.</exception>
    public void Prepare(ExperimentData data)
    {
        (_ids, PlacedMarket placed) = Place(data);
        if (Meta is not { } meta)
            return;
        Adaptation(meta, Settings(data), placed).Keep();
        _adapted = true;
    }

    /// <summary>Creates a scorer for a market that the model was trained on.</summary>
    /// <param name="market">The market.</param>
    /// <param name="items">The rows of its items, from which negatives for new users are drawn.</param>
    /// <exception cref="DataFormatException">None of the market's users has a row.</exception>
    public IScorer Scorer(string market, IReadOnlyList<int> items)
    {
        int[] users = Ids.UserRows(market);
        if (users.Length == 0)
            throw new DataFormatException($"{market}: the model has no row for any user of this market");
        int place = Ids.Market(market);
        return _model.Scorer(_device, place, new NewUsers(users, items, FoldInOptions));
    }

    private FoldInOptions FoldInOptions => new()
    {
        Seed = _experiment?.Seed ?? Experiment.DefaultSeed,
        Loss = LastFit?.FoldInLoss ?? RatingLoss.Bce,
    };

    /// <summary>
    /// Reads a checkpoint, with its ids file and record if they exist. If this program does not know the plan of its method, the model is
    /// the one adapted to its target, if the run wrote that.
    /// </summary>
    /// <exception cref="CheckpointException">The file is damaged, or has no model of the catalog.</exception>
    /// <exception cref="DataFormatException">The ids are damaged, or their number differs from the tables' rows.</exception>
    public static TrainedModel Load(string path, IDevice device)
    {
        path = RunDirectory.ModelPath(path);
        SafetensorsFile file = SafetensorsFile.Read(path);
        Experiment? experiment = ReadRecord(file);
        (ModelEntry Entry, ModelShape Shape, IFittedModel Model)[] members =
            [.. Ensemble.Read(file, (own, index) => LoadMember(own, index, device, experiment))];
        (ModelEntry entry, ModelShape shape, _) = members[0];
        if (members.FirstOrDefault(member => (member.Shape.Users, member.Shape.Items) != (shape.Users, shape.Items)) is { Entry: not null })
            throw new CheckpointException(path, "has members with different numbers of users or items");
        IFittedModel model = Ensemble.Of([.. members.Select(member => member.Model)]);
        string idsPath = RunDirectory.IdsPath(path);
        TableIds? ids = File.Exists(idsPath) ? TableIds.Read(idsPath) : null;
        if (ids is not null && ((shape.Users > 0 && ids.Users != shape.Users) || ids.Items != shape.Items))
        {
            throw new DataFormatException(
                $"{idsPath}: {ids.Users} users and {ids.Items} items, but the tables of {path} have {shape.Users} and {shape.Items} rows");
        }

        if (ids is not null && shape.Markets > 1 && ids.Markets != shape.Markets)
            throw new DataFormatException($"{idsPath}: {ids.Markets} markets, but {path} has parameters of {shape.Markets} markets");
        TrainedModel trained = new(path, device, entry, model, shape, ids, experiment);
        if (experiment is not null && trained.LastFit is null)
            trained.ReadAdapted();
        return trained;
    }

    private static (ModelEntry, ModelShape, IFittedModel) LoadMember(
        SafetensorsFile file, int member, IDevice device, Experiment? experiment)
    {
        (ModelEntry entry, ModelShape shape) = Identify(file, experiment);
        if (experiment is not null)
            shape = shape with { Ddtcdr = experiment.Settings.Model.Ddtcdr ?? new(), DropoutSeed = experiment.SeedOf(member) };
        return (entry, shape, entry.Load(device, file, shape));
    }

    // The record names the model. If there is no record, the tensors identify the model.
    private static (ModelEntry Entry, ModelShape Shape) Identify(SafetensorsFile file, Experiment? experiment)
    {
        if (experiment is null || !PlanCatalog.Methods.Contains(experiment.Method))
            return ModelCatalog.Identify(file);
        ModelEntry entry = ModelCatalog.Find(PlanCatalog.Find(experiment.Method).Phases[^1].Model);
        return (entry, entry.Recognise(file)
            ?? throw new CheckpointException(file.Path, $"is not a {entry.Name}, although its record says so"));
    }

    /// <summary>
    /// Reads data for the model, filtered and split as in its training unless the request says otherwise. Rows of users and items without a
    /// row in the model are removed, with a note.
    /// </summary>
    /// <param name="request">The files, and how to filter and split them.</param>
    /// <exception cref="DataFormatException">A file cannot be read, or the filters leave nothing.</exception>
    public ExperimentData Read(DataRequest request) =>
        ReadAs(request, _experiment?.Digests.ContainsKey(ExperimentData.CandidatesDigest) ?? request.Candidates is not null);

    /// <summary>The same for <see cref="Adapt"/>: with given candidates, no row of the market is held out for test.</summary>
    /// <inheritdoc cref="Read"/>
    public ExperimentData ReadToAdapt(DataRequest request) => ReadAs(request, request.Candidates is not null);

    private ExperimentData ReadAs(DataRequest request, bool whole)
    {
        if (_experiment is not { } own)
            return ExperimentData.Load(request, new TrainingSettings(), Preset.ProtocolOf(OtherPreset), _ids, whole);
        if (request.Candidates is null)
            RequirePool(request, own);
        ExperimentData data = ExperimentData.Load(
            request with
            {
                KCore = request.KCore ?? own.KCore,
                KCorePasses = request.KCorePasses ?? own.KCorePasses,
                MinimumRows = request.MinimumRows ?? own.MinimumRows,
                TrainingFraction = request.Target.Market == own.Target ? own.TrainingFraction : 1, // sources have all their rows
            },
            own.Settings, own.Protocol, _ids, whole);
        string market = data.Markets[0].Name;
        if (request.Candidates is null)
            data = data with { Notes = [.. data.Notes, .. OtherCandidates(own, data)] };
        if (own.SourceRows == SourceRows.All && own.Sources.Contains(market))
            data = Noted(NoteKind.HeldOutInTraining, "all its rows were trained on as a source, held-out ones too");
        return _ids is null || own.Digests.GetValueOrDefault(market) == data.Digests[market]
            ? data
            : Noted(NoteKind.OtherRows, "its rows differ from those of training, so held-out rows may have been trained on");

        ExperimentData Noted(NoteKind kind, string text) => data with
        {
            Notes = [.. data.Notes, new DataNote(kind, market, data.TargetRows.Count, data.TargetRows.Count, text)],
        };
    }

    // The sources' items are among the candidates, so that without one of them the figures would not be those of training.
    private static void RequirePool(DataRequest request, Experiment own)
    {
        if (request.Over(own.Protocol).CandidatePool != CandidatePool.AllMarkets)
            return;
        string[] missing =
        [
            .. own.Sources.Append(own.Target).Except(request.Sources.Append(request.Target).Select(files => files.Market)),
        ];
        if (missing.Length > 0)
            throw new DataFormatException($"{request.Target.Market}: the candidates are items of all markets of the run, but not all are "
                + $"named; {string.Join(", ", missing)} must be a source too");
    }

    // A run with given candidates of held-out items is not repeated by drawn ones.
    private static IEnumerable<DataNote> OtherCandidates(Experiment own, ExperimentData data)
    {
        (string Digest, Split Split, string Name)[] kinds =
        [
            (ExperimentData.ValidCandidatesDigest, Split.Valid, "validation"), (ExperimentData.TestCandidatesDigest, Split.Test, "test"),
        ];
        foreach ((string digest, Split split, string name) in kinds)
        {
            if (!own.Digests.TryGetValue(digest, out string? there) || data.Digests.GetValueOrDefault(digest) == there)
                continue;
            Market market = data.Markets[0];
            int users = market.HeldOut(split).Count;
            string text = $"the candidates of {name} are not the given ones of training, so figures among them differ";
            yield return new DataNote(NoteKind.OtherCandidates, market.Name, users, users, text);
        }
    }

    /// <summary>Ranks a market's held-out items or given candidates. A meta-learned model adapts to the market first.</summary>
    /// <param name="data">
    /// The data, from <see cref="Read"/>. Without an ids file, table rows are assigned as in training, which needs the same target and
    /// sources.
    /// </param>
    /// <param name="split">The held-out rows to rank, unless candidates are given.</param>
    /// <param name="seed">The seed of sampled candidates; null for the checkpoint's.</param>
    /// <param name="ranker">The ranker.</param>
    /// <exception cref="CheckpointException">There is no ids file, and the data are not those of training.</exception>
    /// <exception cref="DataFormatException">No row is held out for the split.</exception>
    public RankedLists Rank(ExperimentData data, Split split, ulong? seed, Ranker ranker)
    {
        Market market = data.Markets[0];
        if (data.Candidates is null && market.HeldOut(split).Count == 0)
            throw new DataFormatException($"{market.Name}: {market.NotEvaluated ?? "nothing is held out for this split"}");
        Experiment asked = Asked(data);
        return RankLists(data, split, data.Candidates ?? (asked with { Seed = seed ?? asked.Seed }).Candidates(market, split), ranker);
    }

    /// <summary>
    /// Ranks a market's held-out items among all items, if this is to be done beside the ranking of <see cref="Rank"/>; otherwise null.
    /// </summary>
    /// <inheritdoc cref="Rank" path="/param"/>
    public RankedLists? RankBesides(ExperimentData data, Split split, Ranker ranker) =>
        data.Candidates is null && Asked(data).Besides(data.Markets[0], split) is { } all ? RankLists(data, split, all, ranker) : null;

    private RankedLists RankLists(ExperimentData data, Split split, IReadOnlyList<CandidateList> lists, Ranker ranker)
    {
        Experiment settings = Settings(data);
        (_, PlacedMarket placed) = Place(data);
        TestRanking ranking = new(_device, _model, placed, data.Protocol.History, FoldInOptions);
        Split kind = data.Candidates is null ? split : Split.Test;
        return Meta is not { } meta
            ? ranking.Rank(ranker, lists, kind)
            : Adaptation(meta, settings, placed).Rank(ranking, ranker, lists, kind);
    }

    // The record with the candidates of the request.
    private Experiment Asked(ExperimentData data) => Settings(data) with { CandidatesFrom = data.Protocol.CandidatesFrom };

    // Uses the support set of the end of training.
    private MarketAdaptation Adaptation(MetaFit fit, Experiment settings, PlacedMarket placed)
    {
        SupportSet support = SupportSet.Draw(placed, settings.EvaluationNegatives, fit, settings.Seed);
        return new MarketAdaptation(_device, Networks, fit.Learner, support, fit.MetaLearning);
    }

    private IReadOnlyList<IRecommender> Networks => [.. Ensemble.MembersOf(_model).Select(member => member as IRecommender
        ?? throw new CheckpointException(_path, $"is a {ModelName}, which does not adapt"))];

    /// <summary>Creates a fork and fine-tunes it on one market, like the last phase of FOREC.</summary>
    /// <param name="data">The data, from <see cref="Read"/>.</param>
    /// <param name="change">Changes the training settings of the checkpoint.</param>
    /// <param name="seed">The seed; null for the checkpoint's.</param>
    /// <param name="metrics">The metrics, including nDCG@10.</param>
    /// <param name="progress">Receives a report after each minibatch.</param>
    /// <exception cref="CheckpointException">The model is itself a fork, or no plan forks the method that trained it.</exception>
    /// <exception cref="DataFormatException">The model was not trained on the market.</exception>
    public ExperimentOutcome Adapt(
        ExperimentData data, Func<TrainingSettings, TrainingSettings> change, ulong? seed, IReadOnlyList<Metric> metrics,
        Action<TrainingProgress>? progress = null)
    {
        Experiment settings = Settings(data);
        string target = data.Markets[0].Name;
        if (_shape.Head.Count > 0)
            throw new CheckpointException(_path, "is itself a fork: it has a head");
        string method = PlanCatalog.ForkOf(settings.Method) ?? throw new CheckpointException(
            _path, $"was trained by {settings.Method}; expects a model of {string.Join(", ", PlanCatalog.ForkParents)}, or a program that "
                + "adds a plan that forks it to PlanCatalog");
        (TableIds tables, PlacedMarket placed) = Place(data);
        SortedDictionary<string, string> digests = new(settings.Digests.ToDictionary(), StringComparer.Ordinal);
        foreach (string name in ExperimentData.CandidateDigests)
            digests.Remove(name);
        foreach ((string name, string digest) in data.Digests)
            digests[name] = digest;
        Experiment experiment = settings with
        {
            Method = method,
            Target = target,
            Sources = [.. settings.Sources.Append(settings.Target).Where(market => market != target).Order(StringComparer.Ordinal)],
            Seed = seed ?? settings.Seed,
            Settings = change(settings.Settings with
            {
                Model = settings.Settings.Model with { Dimension = _shape.Dimension, Layers = [.. _shape.Layers] },
            }),
            Digests = digests,
        };
        experiment = experiment.Under(data.Protocol);
        return new ExperimentRunner(_device).Adapt(experiment, _model, tables, placed, data.Candidates, metrics, progress);
    }

    // A file without a record is assumed to be another program's model of several markets.
    private Experiment Settings(ExperimentData data) => _experiment ?? new Experiment
    {
        Method = $"{ModelName}++",
        Preset = OtherPreset,
        Target = data.Markets[0].Name,
        Sources = [.. data.Markets.Skip(1).Select(source => source.Name)],
        Settings = new() { AverageSeeds = _model is Ensemble { Members.Count: var members } ? members : null },
    };

    private (TableIds Tables, PlacedMarket Target) Place(ExperimentData data)
    {
        if (_ids is not null)
            return (_ids, _ids.Place(data.Markets[0]));
        RequireOwnData(data);
        MarketUnion union = new(data.Markets);
        if ((_shape.Users > 0 && union.Users != _shape.Users) || union.Items.Count != _shape.Items)
        {
            string markets = string.Join(", ", data.Markets.Select(m => m.Name));
            string ids = Path.GetFileName(RunDirectory.IdsPath(_path));
            throw new CheckpointException(
                _path,
                $"its tables have {_shape.Users} users and {_shape.Items} items, but {markets} have {union.Users} and {union.Items.Count}; "
                + $"name the sources that it was trained with, or put its {ids} beside it");
        }

        return (new TableIds(union), union.Place(data.Markets[0].Name));
    }

    // Without an ids file, ids can be assigned to rows only if the data are those of training.
    private void RequireOwnData(ExperimentData data)
    {
        foreach (string market in data.Markets.Select(market => market.Name))
        {
            if (_experiment is null || _experiment.Digests.GetValueOrDefault(market) == data.Digests[market])
                continue;
            string ids = Path.GetFileName(RunDirectory.IdsPath(_path)), recorded = _experiment.Digests.GetValueOrDefault(market, "none");
            throw new CheckpointException(
                _path, $"its ids file {ids} is missing, and the rows of {market} are not those of its training: "
                    + $"their digest is {data.Digests[market]}, the record has {recorded}");
        }
    }

    private static Experiment? ReadRecord(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(RunDirectory.ExperimentKey, out string? record))
            return null;
        try
        {
            return Experiment.Parse(record);
        }
        catch (JsonException exception)
        {
            // The parser's message would quote the rest of the record.
            string fault = exception.BytePositionInLine is { } position ? $" (byte {position} of it)" : $": {exception.Message}";
            throw new CheckpointException(file.Path, $"the record of its experiment is damaged{fault}", exception);
        }
    }
}
