// The grid of the paper: all of its methods on all pairs of markets (tables 3 and 4, figures 4 and 5a), and some methods on parts of the
// target's training rows (figure 5b). Beside them stand two baselines that are not in the paper, because some of its methods lose to them.

namespace ForecEngine.Cli.Sweeps;

/// <summary>The grid of the paper.</summary>
/// <param name="Markets">The markets, each NAME or NAME=FILE[+FILE...].</param>
/// <param name="FixedSource">The name of the market that is a source of all others and no target, if it is one of them.</param>
/// <param name="Seeds">The seeds.</param>
/// <param name="Epochs">The epochs of each stage; null for those of the preset.</param>
internal sealed record Reproduction(
    IReadOnlyList<string> Markets, string FixedSource, IReadOnlyList<ulong> Seeds, int? Epochs)
{
    private static readonly string[] s_methods =
        ["pop", "itemknn", "gmf", "mlp", "nmf", "gmf++", "mlp++", "nmf++", "ddtcdr", "maml", "nmf-forec", "forec"];

    private static readonly string[] s_onParts = ["nmf", "nmf++", "maml", "forec"];
    private static readonly double[] s_parts = [0.5, 0.25, 0.1];

    /// <summary>The grid as a file, schema <c>forec.grid/1</c>.</summary>
    /// <exception cref="DataFormatException">There are too few markets.</exception>
    public JsonObject ToJson()
    {
        string? fixedSource = Markets.FirstOrDefault(market => market.Split('=')[0] == FixedSource);
        string[] targets = [.. Markets.Where(market => market != fixedSource)];
        if (targets.Length == 0 || Markets.Count < 2)
        {
            string found = Markets.Count > 0 ? string.Join(", ", Markets) : "no market";
            throw new DataFormatException($"{found}: pairs need two markets or more, one of them not {FixedSource}");
        }

        JsonObject json = new()
        {
            ["schema"] = GridFile.Schema,
            ["name"] = "reproduction",
            ["targets"] = List(targets),
            ["presets"] = List(["paper"]),
            ["seeds"] = List(Seeds),
            ["parts"] = new JsonArray(
                new JsonObject { ["methods"] = List(s_methods), ["sources"] = Sources("each", fixedSource) },
                new JsonObject
                {
                    ["methods"] = List(s_onParts),
                    ["sources"] = fixedSource is null ? "largest" : Sources(null, fixedSource),
                    ["training-fractions"] = List(s_parts),
                }),
        };
        if (Epochs is { } epochs)
            json["options"] = new JsonObject { ["epochs"] = epochs };
        return json;
    }

    // The fixed source is no target, so that `each` alone leaves it out.
    private static JsonArray Sources(string? word, string? market) =>
    [
        .. word is null ? (JsonNode[])[] : [word],
        .. market is null ? (JsonNode[])[] : [List([market])],
    ];

    private static JsonArray List<T>(IEnumerable<T> values) => [.. values.Select(value => (JsonNode?)JsonValue.Create(value))];
}
