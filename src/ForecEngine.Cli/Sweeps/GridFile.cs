// Reads grids of experiments from a JSON file. docs/formats.md describes the schema, forec.grid/1.

using ForecEngine.Cli.Tuning;

namespace ForecEngine.Cli.Sweeps;

internal static class GridFile
{
    /// <summary>The name of the schema.</summary>
    public const string Schema = "forec.grid/1";

    private const string SchemaKey = "schema", Name = "name", Targets = "targets", Sources = "sources", Methods = "methods",
        Presets = "presets", Protocols = "protocols", Seeds = "seeds", Fractions = "training-fractions", Devices = "devices",
        Options = "options", Parts = "parts";

    private static readonly string[] s_dimensions =
        [Targets, Sources, Methods, Presets, Protocols, Seeds, Fractions, Devices, Options];

    // Those that are not dimensions of the grid.
    private static readonly IReadOnlyList<DeclaredOption> s_options =
        [.. SpaceFile.Settings, .. SpaceFile.Shared.Where(option => option.Name is not ("protocol" or "training-fraction"))];

    /// <summary>Reads a file. What a part of it leaves out is that of the file.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has an unknown key or an invalid value.</exception>
    public static Grids Read(string path)
    {
        StrictJson json = StrictJson.Read(path);
        json.RequireKeys([SchemaKey, Name, Parts, .. s_dimensions]);
        if (json.Text(SchemaKey) is { } schema && schema != Schema)
            throw json.Fault(SchemaKey, $"'{schema}' is unknown; expects {Schema}");
        return new Grids(
            json.Text(Name) ?? Path.GetFileNameWithoutExtension(path),
            json.Parts(Parts) is { } parts ? [.. parts.Select(part => Of(part, json))] : [Of(json, json)]);
    }

    private static Grid Of(StrictJson part, StrictJson file)
    {
        if (part != file)
            part.RequireKeys(s_dimensions);
        return new Grid
        {
            Targets = At(Targets).Texts(Targets) ?? throw part.Fault(Targets, "is missing"),
            Sources = [.. (At(Sources).Groups(Sources) ?? []).Select(set => SourcesOf(At(Sources), set.Word, set.Texts))],
            Methods = OneOf(Methods, PlanCatalog.Methods) ?? throw part.Fault(Methods, "is missing"),
            Presets = At(Presets).Texts(Presets) ?? [Preset.Default],
            Protocols = (IReadOnlyList<string?>?)OneOf(Protocols, Protocol.Names) ?? [null],
            Seeds = At(Seeds).Seeds(Seeds) ?? [Experiment.DefaultSeed],
            Fractions = At(Fractions).Numbers(Fractions, number => number is > 0 and <= 1, "numbers above 0 and at most 1") ?? [1],
            Devices = At(Devices).Texts(Devices) ?? ["cpu"],
            Options = At(Options).Part(Options) is { } options
                ? [.. options.Keys.Select(key => SpaceFile.Fixed(options, key, s_options, "that all cells can share"))] : [],
        };

        StrictJson At(string key) => part.Keys.Contains(key) ? part : file;

        IReadOnlyList<string>? OneOf(string key, IReadOnlyList<string> names) =>
            At(key).Texts(key)?.Select(name => At(key).OneOf(key, name, names)).ToArray();
    }

    private static SourceSet SourcesOf(StrictJson json, string? word, IReadOnlyList<string> markets) => word switch
    {
        "each" => new(SourceKind.Each, []),
        "all" => new(SourceKind.All, []),
        "largest" => new(SourceKind.Largest, []),
        null when markets.Count > 0 => new(SourceKind.Listed, markets),
        null => throw json.Fault(Sources, "has an empty list"),
        _ => throw json.Fault(Sources, $"'{word}' is not each, all, largest or a list of markets"),
    };
}
