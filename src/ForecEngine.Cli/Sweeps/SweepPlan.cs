// Makes the tasks of grids: a cell for each experiment, and stages that several cells share. What is trained on a set of markets does not
// depend on which of them is the target, so both directions of a pair share its stages.

using ForecEngine.Cli.Verbs;

namespace ForecEngine.Cli.Sweeps;

internal sealed class SweepPlan
{
    private readonly Grids _grids;
    private readonly SweepPlanArguments _arguments;
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal); // NAME or NAME=FILE of each market
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MarketSize> _sizes = new(StringComparer.Ordinal);
    private readonly Dictionary<(Grid, string, string, string?, double, string, bool), IReadOnlyList<OptionSetting>> _withEffect = [];
    private readonly SortedDictionary<string, string> _idle = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    private SweepPlan(Grids grids, SweepPlanArguments arguments) => (_grids, _arguments) = (grids, arguments);

    /// <summary>Reads the markets' rows for their digests, and makes the tasks.</summary>
    /// <exception cref="DataFormatException">A market is unknown, or train would refuse a cell.</exception>
    /// <param name="grids">The grids.</param>
    /// <param name="arguments">The folder of the data.</param>
    /// <param name="terminal">Shows what is read.</param>
    /// <param name="survey">Counts the rows of the markets.</param>
    public static Manifest Make(Grids grids, SweepPlanArguments arguments, Terminal terminal, MarketSurvey? survey = null)
    {
        SweepPlan plan = new(grids, arguments);
        plan.ReadMarkets(terminal, survey);
        SweepTask[] cells = [.. grids.Parts.SelectMany(plan.Cells).DistinctBy(cell => cell.Digest)];
        if (cells.Length == 0)
            throw plan.Fault("sources", "leaves no cell: no method has a source other than its target");
        if (plan._idle.FirstOrDefault(idle => !plan._used.Contains(idle.Key)) is { Value: { } refusal })
            throw plan.Fault("options", refusal);
        return new Manifest
        {
            Engine = ForecTool.Version,
            Grid = grids.Name,
            Data = Path.GetFullPath(arguments.Data),
            Columns = arguments.Columns,
            Markets = plan._digests,
            Tasks = SharedStages.Before(cells, plan._sizes),
        };
    }

    private void ReadMarkets(Terminal terminal, MarketSurvey? survey)
    {
        foreach (string text in _grids.Markets)
        {
            string place = _grids.Parts.Any(part => part.Targets.Contains(text)) ? "targets" : "sources";
            MarketFiles files = At(place, () => MarketChoice.One("market", text, _arguments));
            if (!_texts.TryAdd(files.Market, text))
                throw Fault("sources", $"{files.Market} is named as {_texts[files.Market]} and as {text}");
            terminal.Announce($"reading {string.Join(", ", files.Files)}");
            Ratings ratings = RatingsReader.Read(files.Market, files.Files, files.Columns);
            survey?.Add(ratings);
            _digests[files.Market] = ratings.Digest;
            _sizes[files.Market] = new MarketSize(ratings.Users.Count, ratings.Items.Count, ratings.Count);
        }
    }

    private IEnumerable<SweepTask> Cells(Grid grid) =>
        from seed in grid.Seeds
        from preset in grid.Presets
        from protocol in grid.Protocols
        from fraction in grid.Fractions
        from device in grid.Devices
        from roles in Roles(grid, IsPooled(grid, preset, protocol))
        select Cell(grid, roles.Method, roles.Target, roles.Sources, seed, preset, protocol, fraction, device);

    // Methods with the same markets are neighbours, so that a part of the tasks in their order needs few stages.
    private IEnumerable<(string Method, string Target, IReadOnlyList<string> Sources)> Roles(Grid grid, bool isPooled)
    {
        IEnumerable<(string Method, string Target, IReadOnlyList<string> Sources)> all =
            from target in grid.Targets.Select(NameOf)
            from method in grid.Methods
            let takes = isPooled || PlanCatalog.Find(method).TakesSources
            from sources in takes ? SourcesOf(grid, method, target) : [[]]
            select (method, target, sources);
        return all.GroupBy(role => string.Join(' ', role.Sources.Append(role.Target).Order(StringComparer.Ordinal)))
            .SelectMany(group => group);
    }

    private IEnumerable<IReadOnlyList<string>> SourcesOf(Grid grid, string method, string target)
    {
        if (grid.Sources.Count == 0)
        {
            return PlanCatalog.Find(method).NeedsSources
                ? throw Fault("sources", $"{method} trains on other markets too; name some, or each, all or largest") : [[]];
        }

        string[] others = [.. grid.Targets.Concat(grid.Listed).Select(NameOf).Distinct().Where(market => market != target)];
        IEnumerable<IReadOnlyList<string>> sets = grid.Sources.SelectMany(set => set.Kind switch
        {
            SourceKind.Each => others.Select(market => (IReadOnlyList<string>)[market]),
            SourceKind.All => [others],
            SourceKind.Largest => others.OrderByDescending(market => _sizes[market].Ratings).Take(1)
                .Select(market => (IReadOnlyList<string>)[market]),
            _ => [[.. set.Markets.Select(NameOf).Where(market => market != target).Order(StringComparer.Ordinal)]],
        });
        return sets.Where(set => set.Count > 0);
    }

    // With candidates of all markets, a method that trains on the target alone has sources too: their items are candidates.
    private bool IsPooled(Grid grid, string preset, string? protocol) => At("options", () =>
    {
        string? given = grid.Options.FirstOrDefault(option => option.Option.Name == "candidate-pool")?.Value;
        TrainArguments arguments = new() { Preset = preset, Protocol = protocol };
        return OptionValue.OneOf("--candidate-pool", given, arguments.BaseProtocol().Protocol.CandidatePool) == CandidatePool.AllMarkets;
    });

    private SweepTask Cell(
        Grid grid, string method, string target, IReadOnlyList<string> sources, ulong seed, string preset, string? protocol,
        double fraction, string device)
    {
        string name = NameOfCell(method, target, sources, seed, preset, protocol, fraction, device);
        string[] words =
        [
            "--method", method, "--target", _texts[target], .. sources.SelectMany(source => (string[])["--source", _texts[source]]),
            "--seed", $"{seed}", "--preset", File.Exists(preset) ? Path.GetFullPath(preset) : preset,
            .. protocol is null ? (string[])[] : ["--protocol", protocol],
            .. fraction < 1 ? (string[])["--training-fraction", fraction.ToString(CultureInfo.InvariantCulture)] : [],
            "--device", device,
        ];
        return At(name, () =>
        {
            if (!_withEffect.TryGetValue((grid, method, preset, protocol, fraction, device, sources.Count > 0), out var options))
            {
                options = OptionSetting.WithEffect(
                    grid.Options, kept => Record([.. words, .. OptionSetting.Words(kept)]),
                    (option, refusal) => _idle.TryAdd(option.Name, refusal));
                _withEffect[(grid, method, preset, protocol, fraction, device, sources.Count > 0)] = options;
                _used.UnionWith(options.Select(option => option.Option.Name));
            }

            words = [.. words, .. OptionSetting.Words(options)];
            string record = Record(words).ToJson();
            return new SweepTask
            {
                Digest = SweepTask.DigestOf(record),
                Kind = TaskKind.Cell,
                Name = name,
                Level = 0,
                After = [],
                Work = 0,
                Stages = [],
                Arguments = words,
                Record = JsonNode.Parse(record)?.AsObject() ?? [],
            };
        });
    }

    // The record that train makes of a command line.
    private Experiment Record(IReadOnlyList<string> words)
    {
        TrainArguments arguments = (TrainArguments)ArgumentParser.Parse(
            VerbCatalog.Find("train"), [.. words, "--data", _arguments.Data, .. MarketChoice.ColumnWords(_arguments.Columns)]);
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest request = MarketChoice.Request(arguments);
        ExperimentChoice.RequireSources(plan, request, arguments);
        ExperimentChoice.RequireSampling(plan);
        SortedDictionary<string, string> digests = new(StringComparer.Ordinal);
        foreach (MarketFiles market in request.Sources.Append(request.Target))
            digests[market.Market] = _digests[market.Market];
        Experiment experiment = ExperimentChoice.Planned(plan, request, arguments, settings, digests);
        string device = arguments.Device.ToLowerInvariant();
        return device is "cpu" or "scalar" ? experiment : experiment with { Arithmetic = device };
    }

    private string NameOf(string text) => _texts.First(market => market.Value == text).Key;

    private string NameOfCell(
        string method, string target, IReadOnlyList<string> sources, ulong seed, string preset, string? protocol, double fraction,
        string device)
    {
        List<string> parts = [$"{method} for {target}{(sources.Count > 0 ? $" with {string.Join(", ", sources)}" : "")}"];
        if (Several(part => part.Presets))
            parts.Add($"preset {Path.GetFileName(preset)}");
        if (Several(part => part.Protocols))
            parts.Add($"protocol {protocol}");
        parts.Add($"seed {seed}");
        if (fraction < 1)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"fraction {fraction}"));
        if (Several(part => part.Devices))
            parts.Add(device);
        return string.Join(", ", parts);

        bool Several(Func<Grid, IReadOnlyList<string?>> dimension) => _grids.Parts.SelectMany(dimension).Distinct().Count() > 1;
    }

    // An error in an option or a market of the file.
    private T At<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CommandLineException
            || (exception is DataFormatException && !exception.Message.StartsWith($"{_arguments.Grid}: ", StringComparison.Ordinal)))
        {
            throw Fault(place, exception.Message);
        }
    }

    private DataFormatException Fault(string place, string problem) => new($"{_arguments.Grid}: {place}: {problem}");
}
