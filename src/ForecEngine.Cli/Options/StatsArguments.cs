// The options of stats.

namespace ForecEngine.Cli.Options;

[Verb("stats", HelpText = "Print the sizes of markets and their similarity.", Example = "stats --data xmarket --markets ca,jp,uk")]
internal sealed class StatsArguments : MarketArguments
{
    [Option("markets", OptionGroup.Input, Required = true, MetaValue = "M[,M...]",
        HelpText = "The markets: NAME or NAME=FILE[+FILE...]; may be repeated.")]
    public IReadOnlyList<string> Markets { get; set; } = [];
}
