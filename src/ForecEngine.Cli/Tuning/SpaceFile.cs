// Reads a search space from a file, schema forec.space/1 (docs/formats.md). The options are those that train declares, so a new option can
// be searched without a change here.

namespace ForecEngine.Cli.Tuning;

internal static class SpaceFile
{
    private const string Schema = "forec.space/1";
    private const int MostTrials = 100_000, MostRungs = 20, LargestEta = 1000;

    private const string SchemaKey = "schema", Name = "name", Base = "preset", Methods = "methods", Targets = "targets",
        Sources = "sources", Seeds = "seeds", MetricKey = "metric", Options = "options", Space = "space", Trials = "trials",
        Search = "search", HalvingKey = "successive-halving", Eta = "eta", Resource = "resource", Rungs = "rungs";

    /// <summary>The options of train that set a setting, which a preset can have.</summary>
    public static IReadOnlyList<DeclaredOption> Settings { get; } = [.. Texts().Where(option => option.Group is not
        (OptionGroup.Input or OptionGroup.Data or OptionGroup.Evaluation or OptionGroup.SourceChoice or OptionGroup.Machine
            or OptionGroup.Output))];

    // Options of the data and of the evaluation are the same for all trials: results under different ones are not comparable.
    internal static IReadOnlyList<DeclaredOption> Shared { get; } =
        [.. Texts().Where(option => option.Group is OptionGroup.Data or OptionGroup.Evaluation)];

    /// <summary>The largest number of trials.</summary>
    public static int LargestSearch => MostTrials;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has an unknown key or an invalid value.</exception>
    public static SearchSpace Read(string path)
    {
        StrictJson json = StrictJson.Read(path);
        json.RequireKeys(SchemaKey, Name, Base, Methods, Targets, Sources, Seeds, MetricKey, Options, Space, Trials, Search, HalvingKey);
        if (json.Text(SchemaKey) is { } schema && schema != Schema)
            throw json.Fault(SchemaKey, $"'{schema}' is unknown; expects {Schema}");
        string name = json.Text(Name) ?? Path.GetFileNameWithoutExtension(path);
        if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw json.Fault(Name, $"'{name}' is no name; expects letters, digits, '-', '_' and '.'");
        string from = json.OneOf(Base, json.Text(Base) ?? Preset.Default, Preset.Names);
        IReadOnlyList<string> methods = json.Texts(Methods) ?? throw json.Fault(Methods, "is missing");
        foreach (string method in methods)
            json.OneOf(Methods, method, PlanCatalog.Methods);
        OptionSetting[] common = WithCandidates(
            [.. json.Part(Options) is { } options ? options.Keys.Select(key => Fixed(options, key)) : []]);
        StrictJson space = json.Part(Space) ?? throw json.Fault(Space, "is missing");
        Dimension[] dimensions = [.. space.Keys.Select(key => DimensionOf(space, key))];
        if (dimensions.Length == 0)
            throw json.Fault(Space, "has no option to search");
        if (dimensions.FirstOrDefault(dimension => common.Any(other => other.Option == dimension.Option)) is { } both)
            throw json.Fault(Space, $"'{both.Option.Name}' is also in {Options}");
        SearchSpace read = new()
        {
            Name = name,
            Base = from,
            Methods = methods,
            Targets = json.Texts(Targets) ?? throw json.Fault(Targets, "is missing"),
            Sources = json.Texts(Sources) ?? [],
            Seeds = json.Seeds(Seeds) ?? [Experiment.DefaultSeed],
            Metric = MetricOf(json),
            Fixed = common,
            Dimensions = dimensions,
            Trials = json.Whole(Trials, 1, MostTrials),
            Search = json.Text(Search) is { } search ? KindOf(json, search) : null,
            Json = json.Content,
        };
        return json.Part(HalvingKey) is { } halving ? read with { Halving = HalvingOf(halving, read) } : read;
    }

    private static IEnumerable<DeclaredOption> Texts() => DeclaredOption.Of(typeof(TrainArguments))
        .Where(option => option is { IsSwitch: false, IsList: false, Required: false, Name: not ("seed" or "preset") }
            && option.Kind is not (ValueKind.File or ValueKind.Directory));

    // One ranking is enough for a score: unless the file or its protocol says otherwise, the one among sampled items, which also selects
    // the best epoch.
    private static OptionSetting[] WithCandidates(OptionSetting[] common)
    {
        const string CandidatesFromOption = "candidates-from";
        bool ranksAll = common.FirstOrDefault(setting => setting.Option.Kind == ValueKind.Protocol) is { } named
            && Protocol.Find(named.Value).CandidatesFrom == CandidatesFrom.All;
        return ranksAll || common.Any(setting => setting.Option.Name == CandidatesFromOption)
            ? common
            : [.. common, new OptionSetting(Shared.First(option => option.Name == CandidatesFromOption), "sampled")];
    }

    private static OptionSetting Fixed(StrictJson options, string name) =>
        Fixed(options, name, [.. Settings, .. Shared], "that all trials can share");

    /// <summary>An option with a value that does not vary.</summary>
    /// <param name="options">The object that has it.</param>
    /// <param name="name">The name of the option.</param>
    /// <param name="known">The options that the object may have.</param>
    /// <param name="which">Describes these options, for an error message.</param>
    internal static OptionSetting Fixed(StrictJson options, string name, IReadOnlyList<DeclaredOption> known, string which)
    {
        DeclaredOption option = Find(options, name, known, which);
        string value = options.Value(name);
        if (option.Values.Count > 0)
            options.OneOf(name, value, option.Values);
        return new OptionSetting(option, value);
    }

    private static Dimension DimensionOf(StrictJson space, string name)
    {
        DeclaredOption option = Find(space, name, Settings, "that a preset can set");
        return Dimension.Read(space.Part(name) ?? throw space.Fault(name, "is missing"), option);
    }

    private static Halving HalvingOf(StrictJson json, SearchSpace space)
    {
        json.RequireKeys(Eta, Resource, Rungs);
        string resource = json.Text(Resource) ?? throw json.Fault(Resource, "is missing");
        int most = resource switch
        {
            Halving.Seeds => space.Seeds.Count,
            Halving.Targets => space.Targets.Count,
            _ => int.MaxValue,
        };
        if (most == int.MaxValue)
        {
            string[] names = [.. Settings.Select(option => option.Name), Halving.Seeds, Halving.Targets];
            json.OneOf(Resource, resource, names);
            if (space.Dimensions.Any(dimension => dimension.Option.Name == resource)
                || space.Fixed.Any(setting => setting.Option.Name == resource))
                throw json.Fault(Resource, $"'{resource}' is also in {Space} or {Options}");
        }

        int[] rungs = [.. json.Wholes(Rungs, 1, most).Select(rung => (int)rung)];
        if (rungs.Length > MostRungs || rungs.Zip(rungs.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw json.Fault(Rungs, $"expects ascending numbers, at most {MostRungs}");
        return new Halving(json.Whole(Eta, 2, LargestEta) ?? throw json.Fault(Eta, "is missing"), resource, rungs);
    }

    private static Metric MetricOf(StrictJson json)
    {
        if (json.Text(MetricKey) is not { } name)
            return Metric.NdcgAt10;
        try
        {
            return name.Contains(',') ? throw json.Fault(MetricKey, "expects one metric") : Metric.ParseAll(name)[^1];
        }
        catch (FormatException exception)
        {
            throw json.Fault(MetricKey, exception.Message);
        }
    }

    private static SearchKind KindOf(StrictJson json, string search)
    {
        string[] names = OptionValue.Names(typeof(SearchKind));
        return Enum.GetValues<SearchKind>()[Array.IndexOf(names, json.OneOf(Search, search, names))];
    }

    private static DeclaredOption Find(StrictJson json, string name, IReadOnlyList<DeclaredOption> options, string which) =>
        options.FirstOrDefault(option => option.Name == name) ?? throw json.Fault(null,
            $"'{name}' is no option of train {which}{Nearest.Question(name, options.Select(option => option.Name))}");
}
