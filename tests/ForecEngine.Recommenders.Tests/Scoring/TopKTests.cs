// The best K are the first K of a full sort.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Scoring;

public sealed class TopKTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 300)]
    public void The_best_are_the_first_of_a_sort_by_descending_score_and_id_also_after_reuse(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/top-k");
        int items = draws.Below(0, 60), most = 1 + draws.Below(1, 20), kinds = 1 + draws.Below(2, 12);
        IdTable ids = new();
        for (int item = 0; item < items; item++)
            ids.Add($"{(char)('A' + draws.Below(100 + (ulong)item, 3))}é{item}");
        TopK top = new(most, ids.Ranks());
        foreach (ulong user in (ulong[])[0, 1])
        {
            // Few different scores, so that most are tied; every fifth item must not be recommended.
            Real[] scores = [.. Enumerable.Range(0, items).Select(item => draws.Below((user << 32) + 1000 + (ulong)item, 5) == 0
                ? Real.NegativeInfinity : draws.Below((user << 32) + 2000 + (ulong)item, kinds) - 3)];
            IEnumerable<ScoredItem> sorted = Enumerable.Range(0, items).Where(item => scores[item] > Real.NegativeInfinity)
                .OrderByDescending(item => scores[item]).ThenByDescending(ids.Text, StringComparer.Ordinal)
                .Select(item => new ScoredItem(item, scores[item]));
            Assert.Equal(sorted.Take(most), top.Of(scores).ToArray());
        }
    }

    [Fact]
    public void Among_equal_scores_the_greater_id_in_bytes_comes_first()
    {
        IdTable ids = new();
        foreach (string id in (string[])["B10", "B9", "a", "B1", "\U0001F600", "\uFFFD"])
            ids.Add(id);
        ScoredItem[] best = new TopK(4, ids.Ranks()).Of(new Real[6]).ToArray();
        Assert.Equal(["\U0001F600", "\uFFFD", "a", "B9"], best.Select(scored => ids.Text(scored.Item)));
    }
}
