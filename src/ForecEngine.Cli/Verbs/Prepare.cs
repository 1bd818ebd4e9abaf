// forec prepare: filters raw markets like Bonab et al. (CIKM 2021) and compares the sizes with their table 2.

namespace ForecEngine.Cli.Verbs;

internal static class Prepare
{
    private const string DefaultReference = "us";
    private const string None = "none";

    // Users, items and ratings of Electronics before filtering, from table 2.
    private static readonly Dictionary<string, string[]> s_paper = new(StringComparer.Ordinal)
    {
        ["us"] = ["2.7m", "35k", "4.1m"],
        ["de"] = ["345k", "8k", "0.5m"],
        ["jp"] = ["117k", "4k", "174k"],
        ["in"] = ["208k", "7k", "257k"],
        ["fr"] = ["230k", "6k", "392k"],
        ["ca"] = ["422k", "19k", "721k"],
        ["mx"] = ["100k", "9k", "169k"],
        ["uk"] = ["545k", "10k", "865k"],
    };

    public static void Run(PrepareArguments arguments, Terminal terminal)
    {
        int passes = OptionValue.AtLeast("--passes", arguments.Passes, 1) ?? 1;
        FilterRule rule = new(
            OptionValue.AtLeast("--item-k", arguments.ItemK, 1) ?? 7, OptionValue.AtLeast("--user-k", arguments.UserK, 1) ?? 7, passes);
        FilterRule ofReference = new(
            OptionValue.AtLeast("--reference-item-k", arguments.ReferenceItemK, 1) ?? 25,
                OptionValue.AtLeast("--reference-user-k", arguments.ReferenceUserK, 1) ?? 10, passes);
        IReadOnlyList<string> named = arguments.Markets is [] ? MarketFiles.RawNames(arguments.Data) : arguments.Markets;
        IReadOnlyList<MarketFiles> markets = MarketChoice.Several("--markets", named, arguments, MarketFiles.FindRaw);
        if (markets.Count == 0)
            throw new DataFormatException($"{arguments.Data}: has no ratings_NAME_*.txt.gz; name markets with --markets");
        MarketFiles? reference = Reference(arguments, markets);
        if (reference is null && (arguments.ReferenceItemK ?? arguments.ReferenceUserK) is not null)
            throw new CommandLineException("--reference-item-k and --reference-user-k: there is no reference; name one with --reference");
        if (reference is null)
            terminal.Say("no reference market: all items stay (--reference NAME keeps those of one)");
        JsonOutput json = new(arguments, terminal);
        using RunDirectory directory = OutDirectory.Open(arguments.Out, terminal, [.. markets.Select(FileName)]);
        OutDirectory.RequireFree(directory, arguments.Out, arguments.Force);

        List<(MarketFiles Market, MarketFilter Filter)> done = [];
        IdTable? items = null;
        if (reference is not null)
        {
            bool isWanted = markets.Any(market => market.Market == reference.Market);
            MarketFilter filter = Filter(reference, ofReference, null, isWanted ? PathOf(arguments, reference) : null, terminal);
            items = filter.Items;
            done.Add((reference, filter));
        }

        foreach (MarketFiles market in markets.Where(market => market.Market != reference?.Market))
            done.Add((market, Filter(market, rule, items, PathOf(arguments, market), terminal)));
        Print(done, terminal.Output);
        json.Write(() => ToJson(done, arguments));
    }

    private static MarketFiles? Reference(PrepareArguments arguments, IReadOnlyList<MarketFiles> markets)
    {
        if (arguments.Reference == None)
            return null;
        string name = arguments.Reference ?? DefaultReference;
        MarketFiles? among = markets.FirstOrDefault(market => market.Market == name);
        return among is not null || arguments.Reference is null ? among
            : MarketChoice.One("--reference", name, arguments, MarketFiles.FindRaw);
    }

    private static MarketFilter Filter(MarketFiles market, FilterRule rule, IdTable? onlyItems, string? path, Terminal terminal)
    {
        terminal.Announce($"reading {string.Join(", ", market.Files)}");
        MarketFilter filter = new(market, rule, onlyItems);
        if (path is null)
            filter.Write(Stream.Null);
        else
        {
            AtomicFile.Write(path, filter.Write);
            terminal.Say($"wrote {path}");
        }

        return filter;
    }

    private static string FileName(MarketFiles market) => $"{market.Market}_5core.txt";

    private static string PathOf(PrepareArguments arguments, MarketFiles market) =>
        Path.Combine(Path.GetFullPath(arguments.Out), FileName(market));

    private static void Print(IReadOnlyList<(MarketFiles Market, MarketFilter Filter)> done, TextWriter output)
    {
        output.WriteLine("users, items and ratings: of Electronics in the paper's table 2, of the files read, and of the kept rows");
        ResultTable.Write(
            output, ["market", "paper: users", "items", "ratings", "read: users", "items", "ratings", "kept: users", "items", "ratings"],
            done.Select(one =>
                (string[])[one.Market.Market, .. s_paper.GetValueOrDefault(one.Market.Market, ["", "", ""]),
                    .. Texts(one.Filter.Before), .. Texts(one.Filter.After)]));

        static string[] Texts(MarketSize size) => [Text(size.Users), Text(size.Items), Text(size.Ratings)];
        static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
    }

    private static JsonObject ToJson(IReadOnlyList<(MarketFiles Market, MarketFilter Filter)> done, PrepareArguments arguments) => new()
    {
        ["schema"] = "forec.prepare/1",
        ["markets"] = new JsonArray([.. done.Select(JsonNode (one) => new JsonObject
        {
            ["market"] = one.Market.Market, ["file"] = PathOf(arguments, one.Market),
            ["read"] = Sizes(one.Filter.Before), ["kept"] = Sizes(one.Filter.After),
        })]),
    };

    private static JsonObject Sizes(MarketSize size) =>
        new() { ["users"] = size.Users, ["items"] = size.Items, ["ratings"] = size.Ratings };
}
