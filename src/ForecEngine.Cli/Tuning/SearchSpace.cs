// What a search is over: the options that it draws, and the experiments whose mean validation metric it maximises.

namespace ForecEngine.Cli.Tuning;

/// <summary>Successive halving: each rung trains the best 1/eta of the trials of the rung before with more of a resource.</summary>
/// <param name="Eta">The divisor of the number of trials.</param>
/// <param name="Resource">An option of train, <c>seeds</c> or <c>targets</c>.</param>
/// <param name="Rungs">The amount of the resource in each rung, ascending.</param>
internal sealed record Halving(int Eta, string Resource, IReadOnlyList<int> Rungs)
{
    /// <summary>The resource that is a number of seeds.</summary>
    public const string Seeds = "seeds";

    /// <summary>The resource that is a number of targets.</summary>
    public const string Targets = "targets";
}

/// <summary>How trials are chosen.</summary>
internal enum SearchKind
{
    /// <summary>Every trial is measured in full.</summary>
    Random,

    /// <summary>All trials begin with a small resource; few continue (Jamieson and Talwalkar, AISTATS 2016).</summary>
    SuccessiveHalving,
}

/// <summary>A space file.</summary>
internal sealed record SearchSpace
{
    /// <summary>The name of the preset to find.</summary>
    public required string Name { get; init; }

    /// <summary>The named preset that the options change.</summary>
    public required string Base { get; init; }

    /// <summary>The methods; the objective is the mean over all methods, targets and seeds.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The target markets, as on a command line.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The source markets, as on a command line; a target is not its own source.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>The seeds. A seed also fixes the candidates, so that all trials rank the same ones.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>The metric on validation.</summary>
    public required Metric Metric { get; init; }

    /// <summary>The options that all trials have.</summary>
    public required IReadOnlyList<OptionSetting> Fixed { get; init; }

    /// <summary>The options that are drawn.</summary>
    public required IReadOnlyList<Dimension> Dimensions { get; init; }

    /// <summary>The number of trials, if the file has it.</summary>
    public int? Trials { get; init; }

    /// <summary>The kind of search, if the file has it.</summary>
    public SearchKind? Search { get; init; }

    /// <summary>Successive halving, if the file has it.</summary>
    public Halving? Halving { get; init; }

    /// <summary>The file's content.</summary>
    public required JsonObject Json { get; init; }

    /// <summary>The options of a trial.</summary>
    /// <param name="seed">The seed of the search.</param>
    /// <param name="trial">The trial, from 0. No other trial affects it.</param>
    public IReadOnlyList<OptionSetting> Draw(ulong seed, int trial) =>
        [.. Dimensions.Select(dimension => new OptionSetting(dimension.Option, dimension.Draw(seed, trial)))];
}
