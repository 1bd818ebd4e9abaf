// Reads a grid of experiments from a JSON file. docs/formats.md describes the schema, forec.grid/1.

using ForecEngine.Cli.Tuning;

namespace ForecEngine.Cli.Sweeps;

internal static class GridFile
{
    private const string Schema = "forec.grid/1";

    private const string SchemaKey = "schema", Name = "name", Targets = "targets", Sources = "sources", Methods = "methods",
        Presets = "presets", Protocols = "protocols", Seeds = "seeds", Fractions = "training-fractions", Devices = "devices",
        Options = "options";

    // Those that are not dimensions of the grid.
    private static readonly IReadOnlyList<DeclaredOption> s_options =
        [.. SpaceFile.Settings, .. SpaceFile.Shared.Where(option => option.Name is not ("protocol" or "training-fraction"))];

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has an unknown key or an invalid value.</exception>
    public static Grid Read(string path)
    {
        StrictJson json = StrictJson.Read(path);
        json.RequireKeys(SchemaKey, Name, Targets, Sources, Methods, Presets, Protocols, Seeds, Fractions, Devices, Options);
        if (json.Text(SchemaKey) is { } schema && schema != Schema)
            throw json.Fault(SchemaKey, $"'{schema}' is unknown; expects {Schema}");
        return new Grid
        {
            Name = json.Text(Name) ?? Path.GetFileNameWithoutExtension(path),
            Targets = json.Texts(Targets) ?? throw json.Fault(Targets, "is missing"),
            Sources = [.. (json.Groups(Sources) ?? []).Select(set => SourcesOf(json, set.Word, set.Texts))],
            Methods = OneOf(Methods, PlanCatalog.Methods) ?? throw json.Fault(Methods, "is missing"),
            Presets = json.Texts(Presets) ?? [Preset.Default],
            Protocols = (IReadOnlyList<string?>?)OneOf(Protocols, Protocol.Names) ?? [null],
            Seeds = json.Seeds(Seeds) ?? [Experiment.DefaultSeed],
            Fractions = json.Numbers(Fractions, number => number is > 0 and <= 1, "numbers above 0 and at most 1") ?? [1],
            Devices = json.Texts(Devices) ?? ["cpu"],
            Options = json.Part(Options) is { } options
                ? [.. options.Keys.Select(key => SpaceFile.Fixed(options, key, s_options, "that all cells can share"))] : [],
        };

        IReadOnlyList<string>? OneOf(string key, IReadOnlyList<string> names) =>
            json.Texts(key)?.Select(name => json.OneOf(key, name, names)).ToArray();
    }

    private static SourceSet SourcesOf(StrictJson json, string? word, IReadOnlyList<string> markets) => word switch
    {
        "each" => new(SourceKind.Each, []),
        "all" => new(SourceKind.All, []),
        null when markets.Count > 0 => new(SourceKind.Listed, markets),
        null => throw json.Fault(Sources, "has an empty list"),
        _ => throw json.Fault(Sources, $"'{word}' is neither each nor all nor a list of markets"),
    };
}
