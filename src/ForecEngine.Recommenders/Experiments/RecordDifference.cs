// Describes the differences between two records of experiments, with both values of each.

using System.Text.Json.Nodes;

namespace ForecEngine.Recommenders.Experiments;

internal static class RecordDifference
{
    private const int LongestValue = 60;

    /// <summary>Each difference as <c>NAME: THERE there, HERE here</c>; empty if the records are equal.</summary>
    public static IReadOnlyList<string> Between(string? there, string here)
    {
        if (there == here)
            return [];
        SortedDictionary<string, string> found = new(StringComparer.Ordinal), own = new(StringComparer.Ordinal);
        try
        {
            Flatten("", JsonNode.Parse(there ?? "null", null, new JsonDocumentOptions { AllowDuplicateProperties = false }), found);
        }
        catch (JsonException)
        {
            return ["its record cannot be read"];
        }

        Flatten("", JsonNode.Parse(here), own);
        return
        [
            .. own.Keys.Union(found.Keys).Where(name => found.GetValueOrDefault(name) != own.GetValueOrDefault(name))
                .Select(name => $"{name}: {Value(found, name)} there, {Value(own, name)} here"),
        ];
    }

    private static string Value(SortedDictionary<string, string> record, string name) =>
        record.GetValueOrDefault(name) is not { } value ? "none" : value.Length > LongestValue ? $"{value[..LongestValue]}..." : value;

    private static void Flatten(string prefix, JsonNode? node, SortedDictionary<string, string> into)
    {
        if (node is not JsonObject record)
        {
            into[prefix] = node?.ToJsonString() ?? "null";
            return;
        }

        foreach ((string name, JsonNode? value) in record)
            Flatten(name == "options" ? prefix : prefix.Length > 0 ? $"{prefix}.{name}" : name, value, into);
    }
}
