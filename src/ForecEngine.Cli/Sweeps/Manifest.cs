// The tasks of a sweep as a graph, in OUT/manifest.json, schema forec.manifest/1 (docs/formats.md). A task stands after the tasks that it
// depends on.

using System.Text.Json;
using System.Text.Json.Serialization;

namespace ForecEngine.Cli.Sweeps;

internal sealed record Manifest
{
    private const string SchemaName = "forec.manifest/1";

    public string Schema { get; init; } = SchemaName;

    /// <summary>The version of the tool that made it.</summary>
    public required string? Engine { get; init; }

    /// <summary>The name of the grid.</summary>
    public required string Grid { get; init; }

    /// <summary>The folder of the data.</summary>
    public required string Data { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The digest of the rows of each market.</summary>
    public required IReadOnlyDictionary<string, string> Markets { get; init; }

    public required IReadOnlyList<SweepTask> Tasks { get; init; }

    [JsonIgnore]
    public IEnumerable<SweepTask> Cells => Tasks.Where(task => task.Kind == TaskKind.Cell);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="DataFormatException">There is none, or it is damaged.</exception>
    public static Manifest Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(path), Experiment.JsonOptions) is { Schema: SchemaName } manifest
                ? manifest
                : throw new JsonException("expects " + SchemaName);
        }
        catch (JsonException exception)
        {
            throw new DataFormatException($"{path}: is no manifest: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string problem = exception is FileNotFoundException or DirectoryNotFoundException
                ? "no such file; 'forec sweep plan' writes it" : exception.Message;
            throw new DataFormatException($"{path}: {problem}", exception);
        }
    }

    /// <summary>Writes the manifest.</summary>
    public void Write(string path) => SweepFolder.WriteIfChanged(path, ToJson());

    /// <summary>The manifest as JSON.</summary>
    public JsonObject ToJson() => JsonNode.Parse(JsonSerializer.Serialize(this, Experiment.JsonOptions))?.AsObject() ?? [];
}
