// The markets and metrics that a command line names.

using ForecEngine.Cli.Options;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;

namespace ForecEngine.Cli.Verbs;

/// <summary>Reads the options that name markets and metrics.</summary>
internal static class MarketChoice
{
    /// <summary>The target and the sources.</summary>
    /// <exception cref="CommandLineException">A market is named twice, or candidates come without qrels.</exception>
    public static (MarketFiles Target, IReadOnlyList<MarketFiles> Sources) TargetAndSources(RankingArguments arguments)
    {
        if (arguments.Candidates is null != arguments.Qrels is null)
            throw new CommandLineException("--candidates and --qrels belong together; one of them is missing");
        if (SourceChoice.IsAuto(arguments.Source) && arguments is not TrainArguments)
            throw new CommandLineException($"--source: {arguments.Source} is for train; name the markets");
        MarketFiles target = MarketFiles.Find(arguments.Target, arguments.Data);
        if (SourceChoice.IsAuto(arguments.Source))
            return (target, []);
        IReadOnlyList<MarketFiles> sources = arguments.Source is { } list ? Several("--source", list, arguments.Data) : [];
        return sources.All(source => source.Market != target.Market)
            ? (target, sources)
            : throw new CommandLineException($"--source: {target.Market} is the target; a source is another market");
    }

    /// <summary>Markets separated by commas.</summary>
    /// <exception cref="CommandLineException">A market is named twice.</exception>
    public static IReadOnlyList<MarketFiles> Several(string option, string list, string directory)
    {
        MarketFiles[] markets = [.. list.Split(',').Select(market => MarketFiles.Find(market, directory))];
        return markets.GroupBy(market => market.Market).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new CommandLineException($"{option}: {twice.Key} is named twice")
            : markets;
    }

    /// <summary>The metrics.</summary>
    /// <exception cref="CommandLineException">A name is not one of a metric.</exception>
    public static IReadOnlyList<Metric> Metrics(RankingArguments arguments)
    {
        try
        {
            return Metric.ParseAll(arguments.Metrics);
        }
        catch (FormatException exception)
        {
            throw new CommandLineException($"--metrics: {exception.Message}");
        }
    }
}
