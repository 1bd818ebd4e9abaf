// The results of a sweep: its finished cells, by what they have in common. Cells that differ by the seed alone are a system. Systems with
// the same preset, protocol and device, which differ by method, target, sources and training fraction, are a group: a table compares them.

using ForecEngine.Cli.Sweeps;

namespace ForecEngine.Cli.Reports;

/// <summary>The results of a sweep.</summary>
internal sealed record SweepResults
{
    /// <summary>The name of the grid.</summary>
    public required string Grid { get; init; }

    /// <summary>The version of the tool that planned the sweep.</summary>
    public required string? Engine { get; init; }

    /// <summary>The digest of the rows of each market.</summary>
    public required IReadOnlyDictionary<string, string> Markets { get; init; }

    /// <summary>The sizes of the markets; null for a sweep of a version that did not count them.</summary>
    public required SurveyedMarkets? Survey { get; init; }

    /// <summary>The number of planned cells.</summary>
    public required int Cells { get; init; }

    /// <summary>The cells that have not finished.</summary>
    public required IReadOnlyList<SweepTask> Missing { get; init; }

    /// <summary>The groups, in the order of the plan.</summary>
    public required IReadOnlyList<ResultGroup> Groups { get; init; }

    /// <summary>Reads a folder. Values of users are kept for the largest fraction of the training rows only.</summary>
    /// <exception cref="DataFormatException">There is no manifest, or a file is damaged.</exception>
    public static SweepResults Read(FinishedCells finishedCells)
    {
        SweepFolder folder = finishedCells.Folder;
        Manifest manifest = Manifest.Read(folder.Manifest);
        (SweepTask Task, Experiment Experiment)[] cells = [.. manifest.Cells.Select(cell => (cell, cell.Experiment))];
        List<SweepTask> missing = [];
        List<ResultGroup> groups = [];
        foreach (IGrouping<Conditions, (SweepTask Task, Experiment Experiment)> group in Grouped(cells))
        {
            double most = group.Max(cell => FractionOf(cell.Experiment));
            List<ResultSystem> systems = [];
            foreach (var system in group.GroupBy(cell => (
                cell.Experiment.Method, cell.Experiment.Target, Sources: string.Join('\n', cell.Experiment.Sources),
                Fraction: FractionOf(cell.Experiment))))
            {
                List<CellValues> finished = [];
                foreach ((SweepTask task, _) in system.OrderBy(cell => cell.Experiment.Seed))
                {
                    if (finishedCells.Of(task, withUsers: system.Key.Fraction == most) is { } values)
                        finished.Add(values);
                    else
                        missing.Add(task);
                }

                systems.Add(ResultSystem.Of(system.First().Experiment, [.. system.Select(cell => cell.Experiment.Seed).Order()], finished));
            }

            groups.Add(new ResultGroup(group.Key, group.First().Experiment, systems));
        }

        return new SweepResults
        {
            Grid = manifest.Grid,
            Engine = manifest.Engine,
            Markets = manifest.Markets,
            Survey = SurveyedMarkets.Read(folder.Markets),
            Cells = cells.Length,
            Missing = missing,
            Groups = groups,
        };
    }

    /// <summary>
    /// Cells by their conditions. Options are one of these only if parts of the grid differ by them alone, because an option without an
    /// effect on a method is not among those of its cells.
    /// </summary>
    internal static IEnumerable<IGrouping<Conditions, (SweepTask Task, Experiment Experiment)>> Grouped(
        IEnumerable<(SweepTask Task, Experiment Experiment)> cells) =>
        cells.GroupBy(cell => Conditions.Of(cell.Task, cell.Experiment)).SelectMany(group =>
        {
            bool isSplit = group.GroupBy(cell => (
                cell.Experiment.Method, cell.Experiment.Target, string.Join('\n', cell.Experiment.Sources), cell.Experiment.Seed,
                FractionOf(cell.Experiment))).Any(same => same.Count() > 1);
            return group.GroupBy(cell => isSplit ? group.Key with { Options = Conditions.OptionsOf(cell.Task) } : group.Key);
        });

    internal static double FractionOf(Experiment experiment) => experiment.TrainingFraction ?? 1;
}

/// <summary>What the systems of a group share.</summary>
/// <param name="Preset">The preset, or the name of its file.</param>
/// <param name="Protocol">The protocol; null for the one that the preset implies.</param>
/// <param name="Device">The device.</param>
internal sealed record Conditions(string Preset, string? Protocol, string Device)
{
    private const string Default = "cpu";

    /// <summary>The options of train; empty unless systems differ by them alone.</summary>
    public string Options { get; init; } = "";

    /// <summary>The options of a cell, which stand after its dimensions in its arguments.</summary>
    public static string OptionsOf(SweepTask cell) =>
        string.Join(' ', cell.Arguments.SkipWhile(word => word != "--device").Skip(2));

    /// <summary>The conditions of a cell.</summary>
    public static Conditions Of(SweepTask cell, Experiment experiment) =>
        new(experiment.PresetFile ?? experiment.Preset, cell.Argument("protocol"), cell.Argument("device") ?? Default);

    /// <summary>The conditions in words.</summary>
    public override string ToString() => $"preset {Preset}{(Protocol is null ? "" : $", protocol {Protocol}")}"
        + (Device == Default ? "" : $", device {Device}") + (Options.Length == 0 ? "" : $", {Options}");
}

/// <summary>Systems that a table compares.</summary>
/// <param name="Conditions">What they share.</param>
/// <param name="Example">The record of one of their cells.</param>
/// <param name="Systems">The systems.</param>
internal sealed record ResultGroup(Conditions Conditions, Experiment Example, IReadOnlyList<ResultSystem> Systems)
{
    /// <summary>The systems of the largest fraction of the training rows.</summary>
    public IReadOnlyList<ResultSystem> Whole { get; } = Largest(Systems);

    /// <summary>The kinds of candidates of the rankings of test; the sampled ones first.</summary>
    public IReadOnlyList<string> Candidates =>
        [.. Systems.SelectMany(system => system.Scores.Keys).Distinct().OrderBy(kind => kind == NamedRanking.AllItems)];

    /// <summary>The targets, in the order of the paper, then by name.</summary>
    public IReadOnlyList<string> Targets => PaperOrder.Of(Systems.Select(system => system.Target));

    private static IReadOnlyList<ResultSystem> Largest(IReadOnlyList<ResultSystem> systems)
    {
        double most = systems.Max(system => system.Fraction);
        return [.. systems.Where(system => system.Fraction == most)];
    }
}

/// <summary>The order of markets in the paper's tables, so that a column is where its readers expect it.</summary>
internal static class PaperOrder
{
    private static readonly string[] s_markets = ["de", "jp", "in", "fr", "ca", "mx", "uk", "us"];

    /// <summary>The markets, each once.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> markets) => By(markets.Distinct(), market => market);

    /// <summary>What belongs to markets, in their order.</summary>
    /// <param name="all">What is ordered.</param>
    /// <param name="marketOf">The market of each.</param>
    public static IReadOnlyList<T> By<T>(IEnumerable<T> all, Func<T, string> marketOf) =>
    [
        .. all.OrderBy(each => Array.IndexOf(s_markets, marketOf(each)) is >= 0 and int place ? place : s_markets.Length)
            .ThenBy(marketOf, StringComparer.Ordinal),
    ];
}
