// An object in a JSON file that a person writes. Unknown keys and values of another kind are errors in one line with their place.

using System.Text.Json;

namespace ForecEngine.Cli;

internal sealed class StrictJson
{
    private readonly string _file;
    private readonly string _place;

    /// <summary>An object of a file.</summary>
    /// <param name="file">The file, for error messages.</param>
    /// <param name="content">The object.</param>
    /// <param name="place">The keys that lead to it, joined by dots; empty for the whole file.</param>
    public StrictJson(string file, JsonObject content, string place = "") => (_file, _place, Content) = (file, place, content);

    /// <summary>The object as it is in the file.</summary>
    public JsonObject Content { get; }

    /// <summary>The keys, in the order of the file.</summary>
    public IEnumerable<string> Keys => Content.Select(entry => entry.Key);

    /// <summary>Reads the object that a file consists of.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or is no JSON object.</exception>
    public static StrictJson Read(string path)
    {
        try
        {
            JsonDocumentOptions strict = new() { AllowDuplicateProperties = false };
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: strict) is JsonObject content
                ? new StrictJson(path, content)
                : throw new DataFormatException($"{path}: expects a JSON object");
        }
        catch (JsonException exception)
        {
            throw new DataFormatException(path, (exception.LineNumber ?? 0) + 1, $"is no JSON: {OneLine(exception)}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException(
                exception is FileNotFoundException ? $"{path}: no such file" : $"{path}: cannot be read: {OneLine(exception)}", exception);
        }
    }

    /// <summary>An error at a key of this object, or in the object as a whole.</summary>
    public DataFormatException Fault(string? key, string problem)
    {
        string place = PlaceOf(key ?? "");
        return new($"{_file}: {(place.Length > 0 ? $"{place}: " : "")}{problem}");
    }

    /// <summary>Refuses keys that are not among the known ones.</summary>
    public void RequireKeys(params IReadOnlyList<string> known)
    {
        if (Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
            throw Fault(null, $"unknown key '{unknown}'{Nearest.Question(unknown, known)}; expects {string.Join(", ", known)}");
    }

    /// <summary>The object at a key; null if there is none.</summary>
    public StrictJson? Part(string key) => Content.TryGetPropertyValue(key, out JsonNode? node)
        ? new StrictJson(_file, node as JsonObject ?? throw Fault(key, "expects an object"), PlaceOf(key))
        : null;

    /// <summary>The objects in the list at a key, at least one; null if there is none.</summary>
    public IReadOnlyList<StrictJson>? Parts(string key) => Items(key)?.Select((item, i) =>
        new StrictJson(_file, item as JsonObject ?? throw Fault(key, "expects a list of objects"), PlaceOf($"{key}[{i}]"))).ToArray();

    /// <summary>The text at a key; null if there is none.</summary>
    public string? Text(string key) => Content.TryGetPropertyValue(key, out JsonNode? node) ? Text(key, node) : null;

    /// <summary>The texts in the list at a key, at least one and all different; null if there is none.</summary>
    public IReadOnlyList<string>? Texts(string key) => Distinct(key, Items(key)?.Select(item => Text(key, item)));

    /// <summary>The values in the list at a key as texts for a command line, at least one and all different.</summary>
    public IReadOnlyList<string> Values(string key) => Distinct(key, Items(key)?.Select(item => Value(key, item))) ?? [];

    /// <summary>The value at a key as a text for a command line: a list of numbers is joined by commas.</summary>
    public string Value(string key) => Value(key, Content[key]);

    /// <summary>A whole number at a key, within limits; null if there is none.</summary>
    public int? Whole(string key, int least, int most) =>
        Content.TryGetPropertyValue(key, out JsonNode? node) ? (int)Whole(key, node, least, most) : null;

    /// <summary>The seeds in the list at a key, at least one and all different; null if there is none.</summary>
    public IReadOnlyList<ulong>? Seeds(string key) => Distinct(key, Items(key)?.Select(item =>
        item is JsonValue value && value.TryGetValue(out ulong seed) ? seed : throw Fault(key, $"expects seeds, got {Shown(item)}")));

    /// <summary>The whole numbers in the list at a key, at least one.</summary>
    public IReadOnlyList<long> Wholes(string key, long least, long most) =>
        [.. (Items(key) ?? throw Fault(key, "is missing")).Select(item => Whole(key, item, least, most))];

    /// <summary>The two limits of a range at a key, the first below the second.</summary>
    public (double Least, double Most) Range(string key, Func<double, bool> accepts, string expected)
    {
        double[] limits =
        [
            .. (Items(key) ?? throw Fault(key, "is missing")).Select(item =>
                item is JsonValue value && value.TryGetValue(out double number) && double.IsFinite(number) && accepts(number)
                    ? number
                    : throw Fault(key, $"expects {expected}, got {Shown(item)}")),
        ];
        return limits is [var least, var most] && least < most
            ? (least, most)
            : throw Fault(key, $"expects [least, most] with least below most, got {Shown(Content[key])}");
    }

    /// <summary>The numbers in the list at a key, at least one and all different; null if there is none.</summary>
    public IReadOnlyList<double>? Numbers(string key, Func<double, bool> accepts, string expected) => Distinct(key, Items(key)?.Select(
        item => item is JsonValue value && value.TryGetValue(out double number) && accepts(number)
            ? number
            : throw Fault(key, $"expects {expected}, got {Shown(item)}")));

    /// <summary>
    /// The entries of the list at a key, each a word or a list of texts; null if there is none. A word alone is a list of one.
    /// </summary>
    public IReadOnlyList<(string? Word, IReadOnlyList<string> Texts)>? Groups(string key)
    {
        if (!Content.TryGetPropertyValue(key, out JsonNode? node))
            return null;
        IEnumerable<JsonNode?> items = node is JsonValue ? new[] { node } : Items(key) ?? [];
        return
        [
            .. items.Select(item => item is JsonArray list
                ? (null, Distinct(key, list.Select(text => Text(key, text))) ?? [])
                : ((string?)Text(key, item), (IReadOnlyList<string>)[])),
        ];
    }

    /// <summary>A value that must be one of some names.</summary>
    public string OneOf(string key, string value, IReadOnlyList<string> names) => names.Contains(value)
        ? value
        : throw Fault(key, $"'{value}' is not one of {string.Join(", ", names)}{Nearest.Question(value, names)}");

    private string PlaceOf(string key) => string.Join('.', ((string[])[_place, key]).Where(part => part.Length > 0));

    private JsonArray? Items(string key)
    {
        if (!Content.TryGetPropertyValue(key, out JsonNode? node))
            return null;
        return node is JsonArray { Count: > 0 } list ? list : throw Fault(key, $"expects a list, got {Shown(node)}");
    }

    private T[]? Distinct<T>(string key, IEnumerable<T>? items)
    {
        T[]? list = items?.ToArray();
        return list?.GroupBy(item => item).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw Fault(key, $"has {twice.Key} twice")
            : list;
    }

    private string Text(string key, JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0
        ? text
        : throw Fault(key, $"expects a text, got {Shown(node)}");

    private string Value(string key, JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(key, node),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
            value.ToJsonString(),
        JsonArray { Count: > 0 } list when list.All(item => item?.GetValueKind() == JsonValueKind.Number) =>
            string.Join(',', list.Select(item => item?.ToJsonString())),
        _ => throw Fault(key, $"expects a number, a text, true, false or a list of numbers, got {Shown(node)}"),
    };

    private long Whole(string key, JsonNode? node, long least, long most) =>
        node is JsonValue value && value.TryGetValue(out long number) && number >= least && number <= most
            ? number
            : throw Fault(key, string.Create(
                CultureInfo.InvariantCulture, $"expects a whole number between {least} and {most}, got {Shown(node)}"));

    private static string Shown(JsonNode? node)
    {
        const int Longest = 60;
        string text = node?.ToJsonString() ?? "null";
        return text.Length > Longest ? $"{text[..Longest]}..." : text;
    }

    // Without the place that the parser adds, which counts lines from 0.
    private static string OneLine(Exception exception) => exception.Message.Split(" LineNumber:")[0].ReplaceLineEndings(" ");
}
