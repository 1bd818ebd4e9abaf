// forec generate: writes synthetic markets.

namespace ForecEngine.Cli.Verbs;

internal static class Generate
{
    public static void Run(GenerateArguments arguments, Terminal terminal)
    {
        ulong seed = OptionValue.Seed("--seed", arguments.Seed) ?? Experiment.DefaultSeed;
        IReadOnlyList<SyntheticMarket> markets = Choose(arguments);
        JsonOutput json = new(arguments, terminal);
        using RunDirectory directory = OutDirectory.Open(arguments.Out, terminal, [.. markets.Select(market => market.FileName)]);
        OutDirectory.RequireFree(directory, arguments.Out, arguments.Force);
        foreach (SyntheticMarket market in markets)
        {
            string path = Path.Combine(arguments.Out, market.FileName);
            AtomicFile.Write(path, stream => SyntheticMarkets.Write(market, seed, stream));
            terminal.Output.WriteLine($"{path}: {market.Ratings} ratings of {market.Users} users");
        }

        json.Write(() => new JsonObject
        {
            ["schema"] = "forec.generate/1",
            ["seed"] = seed,
            ["markets"] = new JsonArray([.. markets.Select(JsonNode (market) => new JsonObject
            {
                ["market"] = market.Name,
                ["file"] = Path.Combine(arguments.Out, market.FileName),
                ["users"] = market.Users,
                ["ratings"] = market.Ratings,
            })]),
        });
    }

    private static IReadOnlyList<SyntheticMarket> Choose(GenerateArguments arguments)
    {
        if (OptionValue.Found("--like", arguments.Like.ToLowerInvariant(), ["xmarket", "us"], name => name) == "us")
        {
            return arguments is { Markets: [], Scale: null }
                ? [SyntheticMarket.Us]
                : throw new CommandLineException("--like us: it is one market of one size, without --scale or --markets");
        }

        try
        {
            return SyntheticMarket.XMarket(
                OptionValue.Positive("--scale", arguments.Scale) ?? 1, [.. OptionValue.Parts("--markets", arguments.Markets)]);
        }
        catch (ArgumentException exception)
        {
            throw new CommandLineException($"--scale or --markets: {exception.Message}");
        }
    }
}
