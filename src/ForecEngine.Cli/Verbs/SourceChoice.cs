// --source auto: reads the pool of markets, chooses among them and prints the ranking.

namespace ForecEngine.Cli.Verbs;

internal sealed class SourceChoice
{
    private const string Auto = "auto";

    private readonly IReadOnlyList<MarketFiles> _pool;
    private readonly SourceSelectionOptions _options;

    private SourceChoice(IReadOnlyList<MarketFiles> pool, SourceSelectionOptions options) => (_pool, _options) = (pool, options);

    /// <summary>Whether --source is <c>auto</c> or <c>auto:N</c>.</summary>
    public static bool IsAuto(RankingArguments arguments) =>
        arguments.Source is [var source] && (source == Auto || source.StartsWith($"{Auto}:", StringComparison.Ordinal));

    /// <summary>Refuses options of the choice without --source auto.</summary>
    public static void RequireAuto(TrainArguments arguments)
    {
        if (!IsAuto(arguments) && arguments.Given.FirstOrDefault(option => option.Group == OptionGroup.SourceChoice) is { } idle)
            throw new CommandLineException($"--{idle.Name} has no effect without --source auto");
    }

    /// <summary>Reads the options.</summary>
    public static SourceChoice Parse(TrainArguments arguments, MarketFiles target)
    {
        SourceSelectionOptions defaults = new();
        SourceSelectionOptions options = new(
            Count(arguments.Source[0]),
            OptionValue.AtLeast("--pilots", arguments.Pilots, 0) ?? defaults.Pilots,
            OptionValue.AtLeast("--pilot-epochs", arguments.PilotEpochs, 1) ?? defaults.PilotEpochs);
        if (options.Pilots == 0 && arguments.PilotEpochs is not null)
            throw new CommandLineException("--pilot-epochs has no effect with --pilots 0");
        IReadOnlyList<string> names = arguments.SourcePool is []
            ? [.. MarketFiles.Names(arguments.Data).Where(name => name != target.Market)] : arguments.SourcePool;
        IReadOnlyList<MarketFiles> pool = MarketChoice.Several("--source-pool", names, arguments);
        if (pool.Any(market => market.Market == target.Market))
            throw new CommandLineException($"--source-pool: {target.Market} is the target; a source is another market");
        return options.Sources <= pool.Count
            ? new SourceChoice(pool, options)
            : throw new CommandLineException($"--source: {arguments.Source[0]} requests {options.Sources} of {pool.Count} markets "
                + $"({string.Join(", ", pool.Select(market => market.Market))}); name more with --source-pool");
    }

    /// <summary>Chooses the sources and prints the ranking.</summary>
    public (DataRequest Request, IReadOnlyList<RankedSource> Ranking) Make(
        ExperimentRunner runner, Plan plan, DataRequest request, TrainArguments arguments, TrainingSettings settings, Terminal terminal)
    {
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(
            plan, request with { Sources = _pool }, arguments, settings, terminal);
        IReadOnlyList<RankedSource> ranking = terminal.Follow(progress => new SourceSelection(runner).Rank(
            experiment, data.Markets[0], [.. data.Markets.Skip(1)], _options, progress));
        RankedSource[] chosen = [.. ranking.Take(_options.Sources)];
        if (chosen.FirstOrDefault(source => source.Prior.SharedItems == 0) is { } stranger)
        {
            throw new DataFormatException($"{stranger.Prior.Market}: no item in common with {request.Target.Market}, so it cannot be "
                + $"a source; request fewer than {_options.Sources} sources");
        }

        Print(ranking, terminal.Output);
        MarketFiles[] sources = [.. chosen.Select(source => _pool.First(files => files.Market == source.Prior.Market))];
        return (request with { Sources = sources }, ranking);
    }

    /// <summary>The ranking for result.json.</summary>
    public JsonArray ToJson(IReadOnlyList<RankedSource> ranking) => [.. ranking.Select((source, place) => (JsonNode)new JsonObject
    {
        ["market"] = source.Prior.Market,
        ["chosen"] = place < _options.Sources,
        ["shared_items"] = source.Prior.SharedItems,
        ["item_overlap"] = source.Prior.ItemOverlap,
        ["popularity_similarity"] = source.Prior.PopularitySimilarity,
        ["rows"] = source.Prior.Rows,
        ["mean_rank"] = source.Prior.MeanRank,
        ["pilot_ndcg@10"] = source.PilotNdcg,
    })];

    private void Print(IReadOnlyList<RankedSource> ranking, TextWriter output)
    {
        ResultTable.Write(
            output, ["source", "shared items", "of the target's", "popularity", "rows", "mean rank", "pilot valid ndcg@10", ""],
            ranking.Select((source, place) => (string[])
            [
                source.Prior.Market, Text(source.Prior.SharedItems, "N0"), Text(source.Prior.ItemOverlap, "P1"),
                Text(source.Prior.PopularitySimilarity, "F3"), Text(source.Prior.Rows, "N0"), Text(source.Prior.MeanRank, "0.0"),
                source.PilotNdcg is { } ndcg ? ResultTable.Metric(ndcg) : "-",
                place < _options.Sources ? "chosen" : "",
            ]));
        output.WriteLine();
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static int Count(string source)
    {
        if (source == Auto)
            return 1;
        return int.TryParse(source[(Auto.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new CommandLineException($"--source: '{source}' is neither auto nor auto:N with N from 1");
    }
}
