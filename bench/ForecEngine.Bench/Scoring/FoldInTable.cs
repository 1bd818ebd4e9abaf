// Compares fold-in with training by nDCG@10 on the test items of every fifth user. One model is trained with these users. The other is
// trained without them, and they are folded in by the same training rows. Both rank the same candidates. Items that only these users have
// are removed. A user whose test item is removed is not measured.

using System.Globalization;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;

namespace ForecEngine.Bench.Scoring;

/// <summary>Compares trained and folded-in users.</summary>
internal static class FoldInTable
{
    private const int Every = 5;

    private static readonly (string Method, string Target, string? Source)[] s_cases =
        [("gmf", "ca", null), ("nmf", "ca", null), ("nmf", "de", null), ("nmf++", "ca", "uk"), ("nmf++", "de", "uk")];

    /// <summary>Prints the table.</summary>
    /// <param name="directory">The folder of XMarket's files.</param>
    /// <param name="output">Receives the table.</param>
    public static void Print(string directory, TextWriter output)
    {
        output.WriteLine("| method | target | source | preset | users | trained | folded in | mean of the users |");
        output.WriteLine("| :-- | :-- | :-- | :-- | --: | --: | --: | --: |");
        foreach (string preset in (string[])["tuned", "paper"])
        {
            foreach ((string method, string target, string? source) in s_cases)
            {
                IEnumerable<string> names = ((string?[])[target, source]).OfType<string>();
                Ratings[] ratings = [.. names.Select(name => RatingsReader.Read(name, MarketFiles.Find(name, directory).Files))];
                Row row = Measure(method, preset, ratings);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {method} | {target} | {source} | {preset} | {row.Users} | {row.Trained:F3} | {row.FoldedIn:F3} | {row.Mean:F3} |"));
            }
        }
    }

    private static Row Measure(string method, string preset, Ratings[] ratings)
    {
        using SimdDevice device = new(Environment.ProcessorCount);
        Ratings target = ratings[0];
        Market whole = Market.Prepare(target);
        Market[] sources = [.. ratings.Skip(1).Select(source => Market.Prepare(source))];
        Market part = Market.Prepare(target.Select([.. Enumerable.Range(0, target.Count).Where(row => target.UserOf[row] % Every != 0)]));
        Experiment experiment = new()
        {
            Method = method,
            Preset = preset,
            Target = target.Market,
            Sources = [.. sources.Select(source => source.Name)],
            Settings = Preset.Find(preset),
        };
        ExperimentRunner runner = new(device, keepScores: false);
        ExperimentOutcome all = runner.Run(experiment, [whole, .. sources], null, Metric.Default);
        ExperimentOutcome some = runner.Run(experiment, [part, .. sources], null, Metric.Default);

        PlacedMarket placed = some.Markets.Single(market => market.Market.Name == target.Market);
        int[] itemRows = some.Tables.ItemRows(whole.Items);
        int[] userRows = some.Tables.UserRows(target.Market, whole.Users);
        int[] left = [.. Enumerable.Range(0, userRows.Length).Where(user => userRows[user] < 0)];
        int[] places = new int[whole.Users.Count];
        for (int place = 0; place < left.Length; place++)
            places[left[place]] = place;
        CandidateList[] lists =
        [
            .. SampledCandidates.Draw(whole, Split.Test, experiment.Seed, experiment.EvaluationNegatives)
                .Where(list => left.Contains(list.User) && itemRows[list.Items[0]] >= 0).Select(list => Known(list, itemRows)),
        ];
        ItemHistory[] histories = [.. left.Select(user => History(whole, user, itemRows))];
        Ranker ranker = new([Metric.NdcgAt10], device.Threads, keepScores: false);
        return new Row(
            lists.Length,
            Ndcg(ranker.Rank(all.Model.Scorer(device, placed.Index), all.Markets.Single(market => market.Market == whole), lists)),
            FoldedIn(new FoldInOptions()),
            FoldedIn(new FoldInOptions { Steps = 0 }));

        double FoldedIn(FoldInOptions options)
        {
            options = options with { Seed = experiment.Seed };
            NewUsers newUsers = new(placed.UserRows, placed.ItemRows, options);
            IScorer folded = some.Model.Scorer(device, placed.Index, newUsers).FoldIn(histories);
            return Ndcg(ranker.Rank(folded, new PlacedMarket(whole, places, itemRows, placed.Index), lists));
        }
    }

    // Without the candidates that only left-out users have.
    private static CandidateList Known(CandidateList list, int[] itemRows)
    {
        int[] kept = [.. Enumerable.Range(0, list.Items.Length).Where(place => itemRows[list.Items[place]] >= 0)];
        return list with
        {
            Items = [.. kept.Select(place => list.Items[place])],
            Relevance = [.. kept.Select(place => list.Relevance[place])],
        };
    }

    private static ItemHistory History(Market market, int user, int[] itemRows)
    {
        List<int> positives = [], negatives = [];
        for (int row = 0; row < market.TrainUsers.Length; row++)
        {
            if (market.TrainUsers[row] == user && itemRows[market.TrainItems[row]] >= 0)
                (market.TrainLabels[row] > 0 ? positives : negatives).Add(itemRows[market.TrainItems[row]]);
        }

        return new ItemHistory(positives, negatives);
    }

    private static double Ndcg(RankedLists ranked) => ranked.Result.Means[Metric.NdcgAt10.Name];

    private sealed record Row(int Users, double Trained, double FoldedIn, double Mean);
}
