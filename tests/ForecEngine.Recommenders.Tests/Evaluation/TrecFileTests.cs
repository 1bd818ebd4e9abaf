// A plain implementation of trec_eval, given the run and qrels files that TrecFile writes, computes the metrics of the result.

using System.Globalization;
using System.Text;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Scoring;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class TrecFileTests : IDisposable
{
    private static readonly Metric[] s_metrics =
        [.. Metric.ParseAll("ndcg@1,ndcg@5,ndcg@10,hr@1,hr@5,hr@10,recall@5,precision@5,precision@10,map@1,map@10,mrr")];

    private readonly TemporaryDirectory _directory = new();
    private readonly ScalarDevice _device = new();

    public void Dispose()
    {
        _directory.Dispose();
        _device.Dispose();
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void Trec_eval_computes_the_metrics_of_the_result_from_the_files(Seed seed)
    {
        RankedLists ranked = Random(seed.Value);
        TrecFile.WriteRun(_directory["run"], ranked, "test");
        TrecFile.WriteQrels(_directory["qrels"], ranked);
        string[] run = File.ReadAllLines(_directory["run"]), qrels = File.ReadAllLines(_directory["qrels"]);
        Dictionary<string, double> found = TrecEval(run, qrels, out int users);
        Assert.Equal(ranked.Result.Users, users);
        Assert.All(s_metrics, metric => Assert.Equal(found[metric.Name], ranked.Result.Means[metric.Name], 1e-9));
    }

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 100)]
    public void A_score_in_the_file_read_as_a_double_and_rounded_to_float_is_the_original(Seed seed)
    {
        RankedLists ranked = Random(seed.Value);
        TrecFile.WriteRun(_directory["run"], ranked, "test");
        IEnumerable<float> read = File.ReadLines(_directory["run"]).Select(line => Float(line.Split(' ')[4]));
        Assert.Equal(ranked.Scores.SelectMany(scores => scores.OrderDescending()), read);
    }

    [Fact]
    public void The_files_have_the_lines_of_the_TREC_formats()
    {
        RankedLists ranked = Ranked([("u", [("a", 0.5f, 0f), ("c", 1e-9f, 1f), ("b", 0.5f, 0f)])]);
        TrecFile.WriteRun(_directory["run"], ranked, "gmf");
        TrecFile.WriteQrels(_directory["qrels"], ranked);
        Assert.Equal("u Q0 b 1 0.5 gmf\nu Q0 a 2 0.5 gmf\nu Q0 c 3 1E-09 gmf\n", File.ReadAllText(_directory["run"]));
        Assert.Equal("u 0 c 1\n", File.ReadAllText(_directory["qrels"]));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\u00A0b")]
    [InlineData("a\tb")]
    [InlineData("#a")]
    public void An_id_with_white_space_or_a_leading_number_sign_is_refused_and_leaves_no_file(string item)
    {
        RankedLists ranked = Ranked([("u", [(item, 1f, 1f)])]);
        Assert.Matches("white space|a comment", Assert.Throws<DataFormatException>(() => TrecFile.Check(ranked.Market, [])).Message);
        Assert.Throws<DataFormatException>(() => TrecFile.WriteRun(_directory["run"], ranked, "x"));
        Assert.Throws<DataFormatException>(() => TrecFile.WriteQrels(_directory["qrels"], ranked));
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void A_relevance_that_is_not_a_whole_number_is_refused()
    {
        RankedLists ranked = Ranked([("u", [("a", 1f, 0.5f)])]);
        string message = Assert.Throws<DataFormatException>(() => TrecFile.Check(ranked.Market, ranked.Lists)).Message;
        Assert.Equal("item a of user u has relevance 0.5; a TREC file needs a whole number of at most 1000", message);
        Assert.Throws<DataFormatException>(() => TrecFile.WriteQrels(_directory["qrels"], ranked));
    }

    // The metrics of trec_eval -m ndcg_cut -m success -m recall -m P -m map_cut -m recip_rank. It evaluates topics that are in both files.
    // Documents are sorted by descending score (a float), then by descending id, byte by byte. The gain is the grade, the discount log2(1 +
    // rank), and items are relevant from grade 1.
    private static Dictionary<string, double> TrecEval(string[] run, string[] qrels, out int topics)
    {
        ILookup<string, (string Item, int Relevance)> judged = qrels.Select(line => line.Split(' '))
            .ToLookup(f => f[0], f => (f[2], int.Parse(f[3], CultureInfo.InvariantCulture)));
        Dictionary<string, List<double>> values = s_metrics.ToDictionary(metric => metric.Name, _ => new List<double>());
        topics = 0;
        foreach (IGrouping<string, string[]> topic in run.Select(line => line.Split(' ')).GroupBy(f => f[0]))
        {
            if (!judged.Contains(topic.Key))
                continue;
            topics++;
            (float Score, string Item)[] documents = [.. topic.Select(f => (Float(f[4]), f[2]))];
            Array.Sort(documents, (x, y) =>
                x.Score != y.Score ? y.Score.CompareTo(x.Score) : Bytes(y.Item).SequenceCompareTo(Bytes(x.Item)));
            int[] relevances = [.. documents.Select(d => judged[topic.Key].FirstOrDefault(j => j.Item == d.Item).Relevance)];
            int[] ideal = [.. judged[topic.Key].Select(j => j.Relevance).Where(r => r > 0).OrderDescending()];
            foreach (int k in (int[])[1, 5, 10])
            {
                double best = Dcg(ideal, k);
                values.GetValueOrDefault($"ndcg@{k}")?.Add(best > 0 ? Dcg(relevances, k) / best : 0);
                int[] top = [.. relevances.Take(k)];
                double relevant = top.Count(r => r > 0), all = Math.Max(1, ideal.Length);
                values.GetValueOrDefault($"hr@{k}")?.Add(Math.Min(1, relevant));
                values.GetValueOrDefault($"recall@{k}")?.Add(relevant / all);
                values.GetValueOrDefault($"precision@{k}")?.Add(relevant / k);
                values.GetValueOrDefault($"map@{k}")?.Add(
                    top.Select((r, i) => r > 0 ? top.Take(i + 1).Count(other => other > 0) / (i + 1.0) : 0).Sum() / all);
            }

            int first = Array.FindIndex(relevances, r => r > 0);
            values["mrr"].Add(first >= 0 ? 1.0 / (first + 1) : 0);
        }

        return values.ToDictionary(pair => pair.Key, pair => pair.Value.DefaultIfEmpty().Average());

        static double Dcg(int[] relevances, int k) => relevances.Take(k).Select((r, i) => r / Math.Log2(i + 2)).Sum();
        static ReadOnlySpan<byte> Bytes(string item) => Encoding.UTF8.GetBytes(item);
    }

    private static float Float(string text) => (float)double.Parse(text, CultureInfo.InvariantCulture);

    // Up to eight users with up to twenty candidates each. Many scores are tied, some differ only in the last bit, some users have
    // no judged item, and ids order differently as bytes and as words.
    private RankedLists Random(ulong seed)
    {
        string[] ids = ["B1", "b1", "B10", "B2", "é", "z", "用", "\U0001F600", "~", "A", "a", "_", "3#", "0", "00", "i,j", "\"q\"", "-", "B",
            "ß"];
        RandomSequence draws = RandomSequence.Named(seed, "test/trec");
        return Ranked([.. Enumerable.Range(0, 1 + draws.Below(0, 8)).Select(user =>
        {
            RandomSequence own = draws.At(user + 1);
            string[] items = [.. ids];
            own.Shuffle<string>(items);
            float around = own.Below(1, 2) == 0 ? 0.1f : 12345.678f;
            bool judged = own.Below(2, 5) > 0;
            return ($"u{user}", items.Take(2 + own.Below(3, 19)).Select((item, i) => (
                item,
                own.Below(10 + (ulong)i, 3) switch { 0 => around, 1 => float.BitIncrement(around), _ => (float)own.Normal(40 + (ulong)i) },
                judged ? (float)Math.Max(0, own.Below(70 + (ulong)i, 8) - 4) : 0f)).ToArray());
        })]);
    }

    // Ranks candidates by given scores; a candidate with a relevance above 0 is judged.
    private RankedLists Ranked((string User, (string Item, float Score, float Relevance)[] Candidates)[] users)
    {
        Market market = Market.Prepare(
            TestMarkets.Ratings("jp", [.. users.SelectMany(user => user.Candidates.Select(c => new Row(user.User, c.Item, 5, 1)))]),
            SplitRules.TrainOnAll);
        Dictionary<(int, int), float> scores = [];
        List<CandidateList> lists = [];
        foreach ((string name, (string Item, float Score, float Relevance)[] candidates) in users)
        {
            Assert.True(market.Users.TryFind(name, out int user));
            int[] items = [.. candidates.Select(c => market.Items.TryFind(c.Item, out int item) ? item : -1)];
            foreach ((int item, (string _, float score, float _)) in items.Zip(candidates))
                scores[(user, item)] = score;
            (string, float)[] judged = [.. candidates.Where(c => c.Relevance > 0).Select(c => (c.Item, c.Relevance))];
            lists.Add(new CandidateList(user, items, [.. candidates.Select(c => c.Relevance)], judged));
        }

        ModelScorer scorer = new(_device, new FixedScores(_device, (user, item) => scores[(user, item)]));
        return new Ranker(s_metrics, 1).Rank(scorer, new MarketUnion([market]).Place("jp"), lists);
    }
}
