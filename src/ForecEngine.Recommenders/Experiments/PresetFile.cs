// A preset in a file, schema forec.preset/1: settings by their names in a record, and how they were found.

using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>A preset that a search found, or that a user wrote.</summary>
public sealed record PresetFile
{
    /// <summary>The schema of the file.</summary>
    public const string Schema = "forec.preset/1";

    private const int DigestDigits = 12;

    private static readonly string[] s_keys = ["schema", "name", "base", "settings", "found"];

    /// <summary>The name, which has no white space.</summary>
    public required string Name { get; init; }

    /// <summary>The named preset on which the settings are based, which also gives the rules of splitting rows.</summary>
    public required string Base { get; init; }

    /// <summary>All settings.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>How the settings were found; null if the file does not say.</summary>
    public JsonObject? Found { get; init; }

    /// <summary>The name and a digest of the base and the settings: equal ids have equal settings.</summary>
    public string Id
    {
        get
        {
            byte[] text = Encoding.UTF8.GetBytes($"{Base} {JsonSerializer.Serialize(Settings, Experiment.JsonOptions)}");
            return $"{Name}@{Convert.ToHexStringLower(SHA256.HashData(text))[..DigestDigits]}";
        }
    }

    /// <summary>The content of the file.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = new()
        {
            ["schema"] = Schema,
            ["name"] = Name,
            ["base"] = Base,
            ["settings"] = JsonSerializer.SerializeToNode(Settings, Experiment.JsonOptions),
        };
        if (Found is not null)
            json["found"] = Found.DeepClone();
        return json;
    }

    /// <summary>Reads a file. A setting that it does not have gets the default of <see cref="TrainingSettings"/>.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, is no preset, or has a key that is unknown.</exception>
    public static PresetFile Read(string path)
    {
        try
        {
            JsonDocumentOptions strict = new() { AllowDuplicateProperties = false };
            return Parse(JsonNode.Parse(File.ReadAllText(path), documentOptions: strict) as JsonObject ?? throw new JsonException(
                "expects an object"));
        }
        catch (FileNotFoundException exception)
        {
            throw new DataFormatException($"{path}: no such file", exception);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new DataFormatException($"{path}: is no preset: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException($"{path}: cannot be read: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    private static PresetFile Parse(JsonObject json)
    {
        if (json.Select(entry => entry.Key).FirstOrDefault(key => !s_keys.Contains(key)) is { } unknown)
            throw new JsonException($"unknown key '{unknown}'; expects {string.Join(", ", s_keys)}");
        if (Text("schema") is var schema && schema != Schema)
            throw new JsonException($"the schema is '{schema}'; expects {Schema}");
        (string name, string from) = (Text("name"), Text("base"));
        if (name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new JsonException($"the name '{name}' has white space");
        if (!Preset.Names.Contains(from))
            throw new JsonException($"the base '{from}' is not one of {string.Join(", ", Preset.Names)}");
        JsonObject settings = json["settings"] as JsonObject ?? throw new JsonException("expects an object 'settings'");
        if (settings.Select(entry => entry.Key).FirstOrDefault(key => !FlatSettings.Names.Contains(key)) is { } setting)
            throw new JsonException($"settings: unknown setting '{setting}'; expects some of {string.Join(", ", FlatSettings.Names)}");
        return new PresetFile
        {
            Name = name,
            Base = from,
            Settings = settings.Deserialize<TrainingSettings>(Experiment.JsonOptions) ?? throw new JsonException("the settings are null"),
            Found = json["found"] as JsonObject,
        };

        string Text(string key) => json[key] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0
            ? text
            : throw new JsonException($"expects a text '{key}'");
    }
}
