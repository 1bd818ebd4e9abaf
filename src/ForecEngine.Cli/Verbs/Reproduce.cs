// forec reproduce: the paper's tables and figures from the rating files, by a sweep over its grid and a report.

using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Sweeps;

namespace ForecEngine.Cli.Verbs;

internal static class Reproduce
{
    private const int QuickEpochs = 10;
    private static readonly ulong[] s_seeds = [1, 2, 3, 4, 5];

    public static bool Run(ReproduceArguments arguments, Terminal terminal)
    {
        bool isDemo = arguments.Data.Length == 0;
        if (isDemo)
            arguments.Data = Path.Combine(AppContext.BaseDirectory, "data");
        bool isQuick = isDemo || arguments.Quick;
        MarketChoice.Several("--markets", arguments.Markets, arguments);
        string[] markets = [.. arguments.Markets.SelectMany(MarketFiles.Split)];
        Reproduction reproduction = new(
            markets.Length > 0 ? markets : MarketFiles.Names(arguments.Data), arguments.FixedSource, Seeds(arguments, isQuick),
            OptionValue.AtLeast("--epochs", arguments.Epochs, 1) ?? (isQuick ? QuickEpochs : null));
        JsonOutput json = new(arguments, terminal);
        SweepFolder folder = new(arguments.Out);
        JsonObject grid = reproduction.ToJson();
        folder.Probe();
        SweepFolder.WriteIfChanged(folder.Grid, grid);
        (SweepTable, bool IsWhole)? ended = Sweep.Complete(
            new SweepPlanArguments
            {
                Grid = folder.Grid,
                Data = arguments.Data,
                Columns = arguments.Columns,
                Out = arguments.Out,
            },
            arguments, terminal);
        if (ended is null)
            return true; // a dry run
        SweepReport report = SweepReport.Of(arguments.Out, new ReportOptions { FixedSource = arguments.FixedSource });
        Report.Write(report, Report.FolderOf(arguments.Out), terminal);
        json.Write(() => ReportJson.Of(report));
        return ended.Value.IsWhole;
    }

    private static ulong[] Seeds(ReproduceArguments arguments, bool isQuick)
    {
        if (arguments.Seeds is [])
            return s_seeds[..(isQuick ? 1 : s_seeds.Length)];
        ulong[] seeds = [.. OptionValue.Parts("--seeds", arguments.Seeds).Select(seed => OptionValue.Seed("--seeds", seed) ?? 0)];
        return seeds.Distinct().Count() == seeds.Length ? seeds : throw new CommandLineException("--seeds: a seed is named twice");
    }
}
