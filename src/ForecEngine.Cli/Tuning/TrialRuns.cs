// Makes the runs of a trial: the command lines of train for each method, target and seed of the search space.

using ForecEngine.Cli.Verbs;

namespace ForecEngine.Cli.Tuning;

internal sealed class TrialRuns
{
    // Another build may round differently.
    private static readonly string[] s_builds =
    [
        .. ((Type[])[typeof(ForecTool), typeof(Experiment), typeof(Optimisers.Optimiser), typeof(IDevice)])
            .Select(type => type.Module.ModuleVersionId.ToString("N")),
    ];

    private readonly SearchSpace _space;
    private readonly TuneArguments _arguments;
    private readonly IReadOnlyList<(string Market, string Text)> _targets;
    private readonly IReadOnlyList<(string Market, string Text)> _sources;
    private readonly bool _isPooled;
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<OptionSetting>> _withEffect = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _idle = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Reads the markets' rows for their digests.</summary>
    /// <exception cref="DataFormatException">A market cannot be read, or a method has no source.</exception>
    public TrialRuns(SearchSpace space, TuneArguments arguments, Terminal terminal)
    {
        (_space, _arguments) = (space, arguments);
        Dictionary<string, MarketFiles> files = new(StringComparer.Ordinal);
        _targets = [.. space.Targets.Select(market => Named("targets", market))];
        _sources = [.. space.Sources.Select(market => Named("sources", market))];
        foreach ((string market, MarketFiles found) in files)
        {
            terminal.Announce($"reading {string.Join(", ", found.Files)}");
            _digests[market] = RatingsReader.Read(found.Market, found.Files, found.Columns).Digest;
        }

        _isPooled = At("options", () =>
        {
            TrainArguments shared = Parse(space.Methods[0], space.Fixed);
            CandidatePool implied = shared.BaseProtocol().Protocol.CandidatePool;
            return OptionValue.OneOf("--candidate-pool", shared.CandidatePool, implied) == CandidatePool.AllMarkets;
        });
        foreach ((string method, (string target, _)) in space.Methods.SelectMany(method => _targets.Select(target => (method, target))))
        {
            if ((_isPooled || PlanCatalog.Find(method).NeedsSources) && Sources(method, target).Count == 0)
                throw Fault("sources", $"{method} for {target} uses the rows of other markets too; name one at least");
        }

        (string, string) Named(string key, string text)
        {
            MarketFiles found = At(key, () => MarketChoice.One(key, text, arguments));
            if (files.TryGetValue(found.Market, out MarketFiles? other) && !other.Files.SequenceEqual(found.Files))
                throw Fault(key, $"{found.Market} is also named with other files");
            files[found.Market] = found;
            return (found.Market, text);
        }
    }

    /// <summary>The digests of the markets' rows.</summary>
    public IReadOnlyDictionary<string, string> Digests => _digests;

    /// <summary>The runs of a trial, method by method, then target by target, then seed by seed.</summary>
    /// <param name="options">The options of the trial, in addition to those of all trials.</param>
    /// <param name="targets">The number of targets, the first ones of the space.</param>
    /// <param name="seeds">The number of seeds, the first ones of the space.</param>
    public IReadOnlyList<TrialRun> Of(IReadOnlyList<OptionSetting> options, int targets, int seeds) =>
    [
        .. from method in _space.Methods
           from target in _targets.Take(targets)
           from seed in _space.Seeds.Take(seeds)
           select Run(method, target, seed, options),
    ];

    /// <summary>The settings of a preset with the options of a trial.</summary>
    public TrainingSettings Settings(IReadOnlyList<OptionSetting> options)
    {
        TrainingSettings? settings = null;
        OptionSetting.WithEffect(
            [.. _space.Fixed.Concat(options).Where(setting => SpaceFile.Settings.Contains(setting.Option))],
            kept => settings = Parse(_space.Methods[0], kept).ToSettings());
        return settings ?? throw new InvalidOperationException("no settings were read");
    }

    /// <summary>Checks the options of all trials, before anything is trained.</summary>
    /// <exception cref="DataFormatException">train refuses a value, or an option has no effect in any trial.</exception>
    public void Require(Search search)
    {
        for (int trial = 0; trial < search.Rungs[0].Trials; trial++)
        {
            IReadOnlyList<OptionSetting> options = search.Options(trial, search.Rungs[^1]);
            At($"trial {trial + 1}", () =>
            {
                foreach (string method in _space.Methods)
                    _used.UnionWith(WithEffect(method, options).Select(setting => setting.Option.Name));
                return Settings(options);
            });
        }

        if (_idle.FirstOrDefault(idle => !_used.Contains(idle.Key)) is { Value: { } refusal })
            throw new DataFormatException($"{_arguments.Space}: {refusal}");
    }

    // The options that have an effect on a method.
    private IReadOnlyList<OptionSetting> WithEffect(string method, IReadOnlyList<OptionSetting> options)
    {
        OptionSetting[] all = [.. _space.Fixed, .. options];
        string key = string.Join(' ', OptionSetting.Words(all).Prepend(method));
        if (_withEffect.TryGetValue(key, out IReadOnlyList<OptionSetting>? known))
            return known;
        return _withEffect[key] = OptionSetting.WithEffect(
            all, kept => ExperimentChoice.RequireSampling(ExperimentChoice.Plan(Parse(method, kept)).Plan),
            (option, refusal) => _idle.TryAdd(option.Name, refusal));
    }

    private TrialRun Run(string method, (string Market, string Text) target, ulong seed, IReadOnlyList<OptionSetting> options)
    {
        IReadOnlyList<(string Market, string Text)> sources = Sources(method, target.Market);
        string[] settings = [.. OptionSetting.Words(WithEffect(method, options))];
        JsonObject record = new()
        {
            ["engine"] = new JsonArray([.. s_builds.Select(build => (JsonNode)build)]),
            ["arguments"] = new JsonArray([.. Line(market => market.Market).Select(word => (JsonNode)word)]),
            ["metric"] = _space.Metric.Name,
            ["data"] = new JsonObject(sources.Append(target).Select(market => market.Market).Order(StringComparer.Ordinal).Select(
                market => KeyValuePair.Create(market, (JsonNode?)_digests[market]))),
        };
        if (_arguments.Arithmetic is { } arithmetic)
            record["device"] = arithmetic;
        string[] here =
        [
            "--data", _arguments.Data, .. MarketChoice.ColumnWords(_arguments.Columns),
            "--device", _arguments.Device, "--quiet",
            .. _arguments.TrialThreads is { } threads ? (string[])["--threads", $"{threads}"] : [],
        ];
        string with = sources.Count > 0 ? $" with {string.Join(", ", sources.Select(source => source.Market))}" : "";
        return new TrialRun($"{method} for {target.Market}{with}, seed {seed}", record, [.. Line(market => market.Text), .. here]);

        string[] Line(Func<(string Market, string Text), string> name) =>
        [
            "--method", method, "--target", name(target), .. sources.SelectMany(source => (string[])["--source", name(source)]),
            "--seed", $"{seed}", "--preset", _space.Base, .. settings,
        ];
    }

    private IReadOnlyList<(string Market, string Text)> Sources(string method, string target) =>
        TakesSources(method) ? [.. _sources.Where(source => source.Market != target)] : [];

    // With candidates of all markets, a method that trains on the target alone has sources too: their items are candidates.
    private bool TakesSources(string method) => _isPooled || PlanCatalog.Find(method).TakesSources;

    // An error in an option or a market of the space file.
    private T At<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CommandLineException exception)
        {
            throw Fault(place, exception.Message);
        }
    }

    private DataFormatException Fault(string place, string problem) => new($"{_arguments.Space}: {place}: {problem}");

    private TrainArguments Parse(string method, IReadOnlyList<OptionSetting> options) => (TrainArguments)ArgumentParser.Parse(
        VerbCatalog.Find("train"),
        ["--method", method, "--target", _targets[0].Text, "--preset", _space.Base, .. OptionSetting.Words(options)]);
}
