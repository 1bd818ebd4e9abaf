// Trains a recommender for a small market with a large one as source, prints its nDCG@10 and a customer's list. Run it in the repository's
// root, which has data/, or name the folder of the markets.

using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;

string folder = args.Length > 0 ? args[0] : "data";
DataRequest request = new(MarketFiles.Find("jp", folder), [MarketFiles.Find("uk", folder)]);
ExperimentData data = ExperimentData.Load(request, Preset.Find("paper"));
using IDevice device = new SimdDevice(Environment.ProcessorCount);
ExperimentOutcome outcome = new ExperimentRunner(device).Run(data.Record("nmf++", "paper"), data.Markets);
double ndcg = outcome.Test!.Result.Means[Metric.NdcgAt10.Name];
PlacedMarket jp = outcome.Markets[0];
float[] scores = new float[jp.ItemRows.Length];
outcome.Model.Scorer(device, jp.Index).ScoreAll([jp.UserRows[0]], jp.ItemRows, scores);

Console.WriteLine($"{outcome.Test.Result.Users} customers, nDCG@10 {ndcg:0.0000}");
int[] unseen = [.. Enumerable.Range(0, scores.Length).Except(jp.Market.Seen(0).ToArray())];
foreach (int item in unseen.OrderByDescending(item => scores[item]).Take(5))
    Console.WriteLine($"{jp.Market.Users.Text(0)} {jp.Market.Items.Text(item)} {scores[item]:0.000}");

// By chance it would be about 0.05.
return ndcg > 0.15 ? 0 : 1;
