// A scorer by dot products: its lists are those of its scores, on every device.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Training;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Scoring;

[Properties(Arbitrary = [typeof(Generators)], MaxTest = 20)]
public sealed class DotScorerTests
{
    private const int Users = 30;
    private const int Items = 40;
    private const int Dimension = 7;

    [Property]
    public void The_lists_are_those_of_the_scores_of_all_items(Seed seed)
    {
        foreach (IDevice device in (IDevice[])[new ScalarDevice(), new SimdDevice(2), new OpaqueDevice()])
        {
            using (device)
            {
                RandomSequence draws = RandomSequence.Named(seed.Value, "test/dots");
                DotScorer scorer = Scorer(device, draws, out _);
                int[] items = [.. Enumerable.Range(0, Items).Where(item => draws.Below((ulong)item, 4) > 0)];
                int[] ranks = [.. Enumerable.Range(0, items.Length)];
                ListedItems listed = new(items, ranks, most: 5, threads: 1);
                int[] users = [3, 3, 29, 0];
                IReadOnlyList<int>[] leftOut = [[0], [], [.. ranks], [4, 1]];
                ScoredItem[]?[] expected = listed.BestOnHost(scorer, users, leftOut), found = scorer.Best(users, listed, leftOut);
                Assert.Equal(Text(expected), Text(found));
                Assert.Equal(Text(expected), Text(scorer.Best(users, listed, leftOut))); // with items that are on the device already
            }
        }
    }

    [Property]
    public void A_score_is_the_dot_product_and_the_bias(Seed seed)
    {
        using SimdDevice device = new(1);
        IScorer scorer = Scorer(device, RandomSequence.Named(seed.Value, "test/dots"), out Func<int, int, double> exact);
        int[] users = [3, 3, 29, 3], items = [7, 39, 0, 7];
        Real[] scores = new Real[4], all = new Real[4];
        scorer.Score(users, items, scores);
        scorer.ScoreAll([3, 29], [7, 39], all);
        Assert.Equal([scores[0], scores[1]], all[..2]);
        Assert.Equal(scores[0], scores[3]);
        for (int i = 0; i < 4; i++)
            Assert.Equal(exact(users[i], items[i]), scores[i], 1e-5);
    }

    [Fact]
    public void New_users_are_scored_by_the_vectors_of_fold_in()
    {
        using ScalarDevice device = new();
        Matrix items = new(Put(device, 1, 2, 3, 4), 2, 2), folded = new(Put(device, 10, 1), 1, 2);
        DotScorer scorer = new(device, new Matrix(Put(device, 0, 0), 1, 2), items, Put(device, 100, 200), _ => folded);
        Real[] scores = new Real[2];
        scorer.FoldIn([new ItemHistory([1], [])]).ScoreAll([0], [0, 1], scores);
        Assert.Equal([112, 234], scores);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using ScalarDevice device = new();
        Matrix users = new(Put(device, 1, 2), 1, 2), items = new(Put(device, 1, 2, 3), 1, 3);
        Assert.Throws<ArgumentException>(() => new DotScorer(device, users, items));
        Assert.Throws<ArgumentException>(() => new DotScorer(device, users, users, Put(device, 1, 2)));
        Assert.Throws<InvalidOperationException>(() => new DotScorer(device, users, users).FoldIn([]));
    }

    private static DotScorer Scorer(IDevice device, RandomSequence draws, out Func<int, int, double> exact)
    {
        Real[] users = Normals(1, Users * Dimension), items = Normals(2, Items * Dimension), bias = Normals(3, Items);
        exact = (user, item) => bias[item]
            + Enumerable.Range(0, Dimension).Sum(k => (double)users[(user * Dimension) + k] * items[(item * Dimension) + k]);
        return new DotScorer(
            device, new Matrix(Put(device, users), Users, Dimension), new Matrix(Put(device, items), Items, Dimension), Put(device, bias));

        Real[] Normals(int stream, int count) => [.. Enumerable.Range(0, count).Select(i => (Real)draws.At(stream).Normal((ulong)i))];
    }

    private static Slice<Real> Put(IDevice device, params ReadOnlySpan<Real> values)
    {
        Slice<Real> slice = device.Allocate<Real>(values.Length).Slice();
        slice.Write(values);
        return slice;
    }

    private static IEnumerable<string> Text(ScoredItem[]?[] lists) => lists.Select(list => string.Join(' ', list ?? []));
}
