// Figures of the reports' tests: of seven markets, of one, of eighteen with a long name, and of nothing; with values that are missing.

using ForecEngine.Cli.Reports;
using ForecEngine.Cli.Reports.Figures;

namespace ForecEngine.Cli.Tests.Reports.Figures;

internal static class Drawn
{
    /// <summary>A name that is long, has characters of markup, and characters that no font of ours has.</summary>
    public const string LongName = "<a market> & its very, very long name, 日本";

    /// <summary>All figures, over some markets and methods.</summary>
    public static IReadOnlyList<ReportFigure> All(int markets, int methods)
    {
        Random random = new(7);
        string[] names = [.. Enumerable.Range(0, markets).Select(market => market == 17 ? LongName : $"m{market}")];
        string[] systems = [.. Enumerable.Range(0, methods).Select(method => method == 1 ? LongName : $"method-{method}")];
        string[] groups = ["5", "6 to 7", "8 to 10", "11 to 15", "16 to 240"];
        double[] fractions = [0.1, 0.25, 0.5, 1];
        return
        [
            MarketsFigure.Draw("figure-1", "Figure 1: markets", [.. names.Select((name, market) => new MarketNumbers(
                name, random.Next(50_000), random.Next(5_000_000), market == 2 ? [0, 0, 0, 0, 0] : [3, 2, 5, 20, random.Next(100)],
                market == 2 ? null : 4.2))]),
            SimilarityFigure.Draw("figure-2", "Figure 2: similarity", names,
                [.. names.Select((_, row) => names.Select((_, column) => Similarity(row, column)).ToList())]),
            GainsFigure.Draw("figure-4", "Figure 4: gains", [.. systems.Select((name, method) => new MethodGains(
                name, [.. Enumerable.Range(0, Pairs(method)).Select(pair => pair == 3 ? double.NaN : 40 * random.NextDouble() - 10)]))]),
            UserGroupsFigure.Draw("figure-5a", "Figure 5a: users", groups, "nDCG@10", Lines(groups.Length)),
            TrainingSizeFigure.Draw("figure-5b", "Figure 5b: training size", fractions, "nDCG@10", Lines(fractions.Length)),
        ];

        double Similarity(int row, int column) => row == column ? 1 : row + column == 1 ? double.NaN : random.NextDouble() / 2;

        // The second method has no value, the third too few for a box.
        int Pairs(int method) => method switch { 1 => 0, 2 => 3, _ => 42 };

        MethodLine[] Lines(int places) => [.. systems.Select((name, method) => new MethodLine(name,
            [.. Enumerable.Range(0, places).Select(place => method == 1 && place == 1 ? double.NaN : 0.3 + 0.1 * random.NextDouble())]))];
    }
}
