// Published figures on XMarket's Electronics markets, from published.json, and what is wrong with some of them.

using System.Text.Json;

namespace ForecEngine.Cli.Reports;

/// <summary>Published figures.</summary>
internal sealed record Published
{
    private const string Resource = "published.json";

    // A model that gains less than this over popularity hardly gains.
    private const double Close = 0.95;

    /// <summary>All that are known.</summary>
    public static Published Figures { get; } = Load();

    /// <summary>The markets, in the order of all lists of figures.</summary>
    public required IReadOnlyList<string> Markets { get; init; }

    /// <summary>The digests of the files of these markets that the paper's authors published.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    public required IReadOnlyList<Publication> Publications { get; init; }

    /// <summary>Table 4 of the paper: the gains of each source.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double?>> Gains { get; init; }

    /// <summary>Table 1 of the paper, by the name of the row.</summary>
    public required IReadOnlyDictionary<string, string> DataSet { get; init; }

    /// <summary>Table 2 of the paper: users, items and ratings of each market, before any filter.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Electronics { get; init; }

    /// <summary>Whether a market's rows are those of the published file.</summary>
    /// <param name="market">The market.</param>
    /// <param name="digests">The digests of markets.</param>
    public bool IsOf(string market, IReadOnlyDictionary<string, string> digests) =>
        Files.TryGetValue(market, out string? file) && digests.GetValueOrDefault(market) == file;

    /// <summary>
    /// The printed pairs of nDCG@10 and HR@10 that are impossible. With one relevant item, a hit at rank r counts 1 / log2(1 + r) of nDCG,
    /// which is between 1 / log2(11) and 1 for ranks 1 to 10; so HR@10 / log2(11) &lt;= nDCG@10 &lt;= HR@10.
    /// </summary>
    public static IEnumerable<ImpossibleFigure> Impossible(IReadOnlyList<string> markets, IEnumerable<Publication> publications) =>
        from publication in publications
        from figure in publication.Figures
        where figure.Hr is not null
        from market in Enumerable.Range(0, markets.Count)
        let found = new ImpossibleFigure(publication, figure, markets[market], figure.Ndcg[market], figure.Hr![market])
        where found.Ndcg + publication.Rounding < found.Least - publication.Rounding || found.Ndcg > found.Hr + (2 * publication.Rounding)
        select found;

    /// <summary>
    /// The protocols under which popularity wins somewhere: the markets in which it is at least as good as every published model, and
    /// those in which no model is much better.
    /// </summary>
    public IEnumerable<PopularProtocol> Popularity()
    {
        foreach (var protocol in Publications.GroupBy(publication => publication.Protocol))
        {
            PublishedFigure[] figures =
                [.. protocol.SelectMany(publication => publication.Figures).Where(figure => figure.Candidates == NamedRanking.Sampled)];
            if (figures.FirstOrDefault(figure => figure.Method == PopularityMethod) is not { } popularity)
                continue;
            // Models that were published, not baselines that were measured for this project.
            PublishedFigure[] models = [.. protocol.Where(publication => !publication.HasOnlyBaselines)
                .SelectMany(publication => publication.Figures).Where(figure => figure.Method != PopularityMethod)];
            double[] best = [.. Markets.Select((_, market) => models.Max(model => model.Ndcg[market]))];
            string[] wins = [.. Markets.Where((_, market) => popularity.Ndcg[market] >= best[market])];
            string[] close = [.. Markets.Where((_, market) =>
                popularity.Ndcg[market] < best[market] && popularity.Ndcg[market] >= Close * best[market])];
            if (wins.Length > 0)
                yield return new(protocol.First(publication => !publication.HasOnlyBaselines), wins, close);
        }
    }

    /// <summary>The method that counts rows.</summary>
    public const string PopularityMethod = "pop";

    /// <summary>Methods without training that any model should beat.</summary>
    public static readonly IReadOnlyList<string> SimpleBaselines = [PopularityMethod, "itemknn", "ease"];

    private static Published Load()
    {
        using Stream stream = typeof(Published).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is missing in the program");
        return JsonSerializer.Deserialize<Published>(stream, Experiment.JsonOptions)
            ?? throw new InvalidOperationException($"{Resource} is empty");
    }
}

/// <summary>A publication, or measurements for this project.</summary>
internal sealed record Publication
{
    /// <summary>A short name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the figures are from.</summary>
    public required string Title { get; init; }

    /// <summary>The name of the protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>What else a reader must know of the protocol.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    public required IReadOnlyList<PublishedFigure> Figures { get; init; }

    /// <summary>The most by which a printed figure can differ from the exact one.</summary>
    public double Rounding { get; init; } = 0.5e-4;

    /// <summary>Whether all figures are of simple baselines.</summary>
    public bool HasOnlyBaselines => Figures.All(figure =>
        Published.SimpleBaselines.Contains(figure.Method.Replace("++", "", StringComparison.Ordinal)));
}

/// <summary>The figures of a method in all markets.</summary>
/// <param name="Sources">The block of table 3.</param>
/// <param name="Method">The method.</param>
/// <param name="Candidates">The kind of candidates.</param>
/// <param name="Ndcg">nDCG@10.</param>
/// <param name="Hr">HR@10; null if it was not published.</param>
internal sealed record PublishedFigure(
    string Sources, string Method, string Candidates, IReadOnlyList<double> Ndcg, IReadOnlyList<double>? Hr = null);

/// <summary>A printed pair that is impossible.</summary>
internal sealed record ImpossibleFigure(Publication Publication, PublishedFigure Figure, string Market, double Ndcg, double Hr)
{
    /// <summary>The least nDCG@10 of such an HR@10.</summary>
    public double Least => Hr / Math.Log2(11);
}

/// <summary>A protocol under which popularity wins.</summary>
/// <param name="Publication">Whose models it beats.</param>
/// <param name="Wins">The markets in which popularity is at least as good as the best model.</param>
/// <param name="Close">The markets in which it has at least 95 % of the best model's nDCG@10.</param>
internal sealed record PopularProtocol(Publication Publication, IReadOnlyList<string> Wins, IReadOnlyList<string> Close);
