// A grid of experiments: all combinations of targets, sources, methods, presets, protocols, seeds, training fractions and devices.

namespace ForecEngine.Cli.Sweeps;

internal enum SourceKind
{
    /// <summary>The listed markets, without the target.</summary>
    Listed,

    /// <summary>Every other market of the grid alone.</summary>
    Each,

    /// <summary>All other markets of the grid together.</summary>
    All,

    /// <summary>The other market of the grid with the most rows.</summary>
    Largest,
}

/// <summary>The sources of cells.</summary>
/// <param name="Kind">How they are named.</param>
/// <param name="Markets">The listed markets.</param>
internal sealed record SourceSet(SourceKind Kind, IReadOnlyList<string> Markets);

/// <summary>The grids of a file, whose cells are run together.</summary>
/// <param name="Name">The name, for people.</param>
/// <param name="Parts">The grids.</param>
internal sealed record Grids(string Name, IReadOnlyList<Grid> Parts)
{
    /// <summary>All markets: the targets, then those that only occur in lists of sources.</summary>
    public IReadOnlyList<string> Markets =>
        [.. Parts.SelectMany(part => part.Targets).Concat(Parts.SelectMany(part => part.Listed)).Distinct()];
}

/// <summary>A grid.</summary>
internal sealed record Grid
{
    public required IReadOnlyList<string> Targets { get; init; }

    public required IReadOnlyList<SourceSet> Sources { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<string> Presets { get; init; }

    /// <summary>The names of protocols; null for the one that the preset implies.</summary>
    public required IReadOnlyList<string?> Protocols { get; init; }

    public required IReadOnlyList<ulong> Seeds { get; init; }

    public required IReadOnlyList<double> Fractions { get; init; }

    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>The options of train that all cells share; one without an effect on a method is left out for it.</summary>
    public required IReadOnlyList<OptionSetting> Options { get; init; }

    /// <summary>The markets in lists of sources.</summary>
    public IEnumerable<string> Listed => Sources.SelectMany(set => set.Markets);
}
