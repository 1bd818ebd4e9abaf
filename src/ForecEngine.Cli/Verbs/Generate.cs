// forec generate: synthetic markets as files.

using System.Text.Json.Nodes;
using ForecEngine.Checkpoints;
using ForecEngine.Cli.Options;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Experiments;

namespace ForecEngine.Cli.Verbs;

/// <summary>The verb generate.</summary>
internal static class Generate
{
    /// <summary>Runs the verb.</summary>
    public static void Run(GenerateArguments arguments, Terminal terminal)
    {
        IReadOnlyList<SyntheticMarket> markets = Choose(arguments);
        JsonOutput json = new(arguments.Json);
        new RunDirectory(arguments.Out).Probe();
        Directory.CreateDirectory(arguments.Out);
        foreach (SyntheticMarket market in markets)
        {
            string path = Path.Combine(arguments.Out, market.FileName);
            AtomicFile.Write(path, stream => SyntheticMarkets.Write(market, arguments.Seed, stream));
            terminal.Output.WriteLine($"{path}: {market.Ratings} ratings of {market.Users} users");
        }

        json.Write(() => new JsonObject
        {
            ["schema"] = "forec.generate/1",
            ["seed"] = arguments.Seed,
            ["markets"] = new JsonArray([.. markets.Select(JsonNode (market) => new JsonObject
            {
                ["market"] = market.Name, ["file"] = Path.Combine(arguments.Out, market.FileName), ["users"] = market.Users, ["ratings"] = market.Ratings,
            })]),
        });
    }

    private static IReadOnlyList<SyntheticMarket> Choose(GenerateArguments arguments)
    {
        switch (arguments.Like)
        {
            case "us" when arguments.Markets is null && arguments.Scale == 1:
                return [SyntheticMarket.Us];
            case "us":
                throw new CommandLineException("--like us: it is one market of one size, without --scale or --markets");
            case "xmarket":
                try
                {
                    return SyntheticMarket.XMarket(arguments.Scale, arguments.Markets?.Split(',') ?? []);
                }
                catch (ArgumentException exception)
                {
                    throw new CommandLineException($"--scale or --markets: {exception.Message}");
                }

            default:
                throw new CommandLineException($"--like: '{arguments.Like}' is not one of xmarket, us");
        }
    }
}
