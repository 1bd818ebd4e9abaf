// Reads the options that name markets and metrics.

namespace ForecEngine.Cli.Verbs;

internal static class MarketChoice
{
    /// <summary>The target and the sources.</summary>
    private static (MarketFiles Target, IReadOnlyList<MarketFiles> Sources) TargetAndSources(RankingArguments arguments)
    {
        if (arguments.Candidates is null != arguments.Qrels is null)
            throw new CommandLineException("--candidates and --qrels belong together; one of them is missing");
        if (SourceChoice.IsAuto(arguments) && arguments is not TrainArguments)
            throw new CommandLineException($"--source: {arguments.Source[0]} only works with train; name the markets");
        MarketFiles target = One("--target", arguments.Target, arguments);
        if (SourceChoice.IsAuto(arguments))
            return (target, []);
        IReadOnlyList<MarketFiles> sources = Several("--source", arguments.Source, arguments);
        return sources.All(source => source.Market != target.Market)
            ? (target, sources)
            : throw new CommandLineException($"--source: {target.Market} is the target; a source is another market");
    }

    /// <summary>Markets separated by commas, except commas in a path that exists.</summary>
    /// <param name="option">The name of the option.</param>
    /// <param name="lists">The values of the option.</param>
    /// <param name="options">The directory and the column names.</param>
    /// <param name="find">How files are found; null for <see cref="MarketFiles.Find"/>.</param>
    public static IReadOnlyList<MarketFiles> Several(
        string option, IReadOnlyList<string> lists, IMarketOptions options, Func<string, string, MarketFiles>? find = null)
    {
        MarketFiles[] markets = [.. lists.SelectMany(MarketFiles.Split).Select(market => One(option, market, options, find))];
        return markets.GroupBy(market => market.Market).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new CommandLineException($"{option}: {twice.Key} is named twice")
            : markets;
    }

    /// <summary>The k-core filter: the fewest rows of an item and of a user, and the number of passes; null if not given.</summary>
    public static (int? K, int? Passes) KCore(MarketArguments arguments) => arguments is { KCorePasses: not null, KCore: null }
        ? throw new CommandLineException("--k-core-passes needs --k-core")
        : (OptionValue.AtLeast("--k-core", arguments.KCore, 1), OptionValue.AtLeast("--k-core-passes", arguments.KCorePasses, 1));

    /// <summary>The files of the data and how they are filtered.</summary>
    public static DataRequest Request(RankingArguments arguments)
    {
        (int? k, int? passes) = KCore(arguments);
        int? minimumRows = OptionValue.AtLeast("--minimum-rows", arguments.MinimumRows, 1);
        int? evaluateFrom = OptionValue.AtLeast("--evaluate-from", arguments.EvaluateFrom, 1);
        (MarketFiles target, IReadOnlyList<MarketFiles> sources) = TargetAndSources(arguments);
        if (arguments is { Candidates: not null, CandidatesFrom: not null })
            throw new CommandLineException("--candidates-from has no effect with --candidates, which are ranked instead");
        if (arguments is { Candidates: not null, CandidatePool: not null })
            throw new CommandLineException("--candidate-pool has no effect with --candidates, which are ranked instead");
        if (arguments.Candidates is not null && (arguments.TestCandidates is not null || arguments.ValidCandidates is not null))
        {
            string idle = arguments.TestCandidates is not null ? "test" : "valid";
            throw new CommandLineException($"--{idle}-candidates has no effect with --candidates, which are ranked instead");
        }

        return new DataRequest(target, sources, arguments.Candidates, arguments.Qrels, k, passes, MinimumRows: minimumRows,
            EvaluateFrom: evaluateFrom, CandidatesFrom: OptionValue.OneOf<CandidatesFrom>("--candidates-from", arguments.CandidatesFrom))
        {
            CandidatePool = OptionValue.OneOf<CandidatePool>("--candidate-pool", arguments.CandidatePool),
            History = OptionValue.OneOf<HistoryRows>("--history", arguments.History),
            TestCandidates = arguments.TestCandidates,
            ValidCandidates = arguments.ValidCandidates,
        };
    }

    /// <summary>Announces which files are read, as reading can take a while.</summary>
    public static void SayReading(DataRequest request, Terminal terminal) =>
        terminal.Announce($"reading {string.Join(", ", request.Sources.Prepend(request.Target).SelectMany(market => market.Files))}");

    /// <summary>The metrics.</summary>
    public static IReadOnlyList<Metric> Metrics(IMetricOptions arguments) =>
        arguments.Metrics is []
            ? Metric.Default
            : OptionValue.Parsed("--metrics", OptionValue.Parts("--metrics", arguments.Metrics), Metric.ParseAll);

    /// <summary>A market.</summary>
    /// <inheritdoc cref="Several" path="/param"/>
    public static MarketFiles One(string option, string market, IMarketOptions options, Func<string, string, MarketFiles>? find = null)
    {
        string[] parts = market.Split('=', 2);
        if (parts[0].Length == 0 || parts[0].Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new CommandLineException($"{option}: '{market}' has no market name; expects NAME or NAME=FILE[+FILE...], "
                + "where NAME has no white space");
        if (parts.Length == 1)
            RequireKnown(market, options.Data);
        MarketFiles files = (find ?? MarketFiles.Find)(market, options.Data) with { Columns = Columns(options) };
        return files.Files.Any(string.IsNullOrWhiteSpace)
            ? throw new CommandLineException($"{option}: '{market}' has an empty file name; expects NAME=FILE[+FILE...]")
            : files;
    }

    /// <summary>The columns of files with a header; null for the default names.</summary>
    public static ColumnNames? Columns(IMarketOptions options) =>
        options.Columns is [] ? null : OptionValue.Parsed("--columns", options.Columns, ColumnNames.Parse);

    /// <summary>The options of a command line for the names of columns.</summary>
    public static IEnumerable<string> ColumnWords(IReadOnlyList<string> lists) => lists.SelectMany(list => (string[])["--columns", list]);

    private static void RequireKnown(string market, string directory)
    {
        if (!Directory.Exists(directory))
            throw new DataFormatException($"--data {directory}: no such directory; the files of market '{market}' are expected there");
        IReadOnlyList<string> known = MarketFiles.Names(directory);
        if (!known.Contains(market) && Nearest.Of(market, known) is { } near)
            throw new DataFormatException($"{directory}: no market '{market}'; did you mean '{near}'?");
    }
}
