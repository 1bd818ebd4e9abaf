// The list of a user does not depend on the other users or the block size.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Scoring;

public sealed class TopListsTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void Lists_of_known_and_new_users_do_not_depend_on_the_other_users_or_the_number_of_threads(Seed seed)
    {
        const int Items = 40;
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/top-lists");
        using SimdDevice device = new(2);
        IRecommender model = ModelCatalog.Create("nmf", device, new ModelShape(9, Items, 4, [8, 12, 6]));
        model.Initialise(seed.Value, "test", 1);
        int[] items = [.. Enumerable.Range(0, Items).Where(item => draws.Below((ulong)item, 4) > 0)];
        int[] ranks = [.. Enumerable.Range(0, items.Length)];
        FoldIn foldIn = new(device, model, market: 0, [1, 2], items, new FoldInOptions { Steps = 3 });
        ModelScorer scorer = new(device, model, market: 0, foldIn);
        ListedUser[] users = [.. Enumerable.Range(0, 30).Select(user => User(user, draws.At(1 + user), items.Length))];
        Func<TopList, (string, string)> text = list => (list.User, string.Join(' ', list.Items));
        (string, string)[] together = [.. new TopLists(scorer, items, ranks, most: 7, threads: 3).Make(users).Select(text)];
        Assert.Equal(together, users.SelectMany(user => new TopLists(scorer, items, ranks, most: 7, threads: 1).Make([user])).Select(text));
        Assert.All(users.Zip(together), pair => Assert.Equal(pair.First.Name, pair.Second.Item1));
    }

    [Fact]
    public void Blocks_are_limited_by_their_number_of_scores_and_computed_when_requested()
    {
        using ScalarDevice device = new();
        int scored = 0;
        ModelScorer scorer = new(device, new FixedScores(device, (_, item) => scored++ < 0 ? 0 : item));
        IEnumerable<TopList> lists = new TopLists(scorer, [.. Enumerable.Range(0, 700)], [.. Enumerable.Range(0, 700)], most: 2, threads: 1)
            .Make(Enumerable.Range(0, 5000).Select(user => new ListedUser($"u{user}", user, null, [699])));
        Assert.Equal([new ScoredItem(698, 698), new ScoredItem(697, 697)], lists.First().Items);
        Assert.InRange(scored, 700, 1 << 20);
    }

    [Theory]
    [InlineData(Real.NaN)]
    [InlineData(Real.PositiveInfinity)]
    [InlineData(Real.NegativeInfinity)]
    public void The_error_for_a_score_that_is_not_finite_names_the_user(Real bad)
    {
        using ScalarDevice device = new();
        ModelScorer scorer = new(device, new FixedScores(device, (user, item) => user == 3 && item == 1 ? bad : 0));
        TopLists lists = new(scorer, [0, 1, 2], [0, 1, 2], most: 2, threads: 1);
        ListedUser[] users = [.. Enumerable.Range(0, 6).Select(user => new ListedUser($"u{user}", user, null, []))];
        string message = Assert.Throws<ArithmeticException>(() => lists.Make(users).ToArray()).Message;
        Assert.Equal("the model's scores for user u3 are not finite", message);
    }

    [Fact]
    public void A_user_with_all_items_gets_an_empty_list()
    {
        using ScalarDevice device = new();
        TopLists lists = new(new ModelScorer(device, new FixedScores(device, (_, _) => 0)), [0, 1], [0, 1], most: 5, threads: 1);
        TopList[] made = [.. lists.Make([new ListedUser("all", 0, null, [1, 0]), new ListedUser("none", 1, null, [])])];
        Assert.Empty(made[0].Items);
        Assert.Equal(2, made[1].Items.Count);
    }

    [Fact]
    public void A_list_of_no_items_and_items_without_ranks_are_refused()
    {
        using ScalarDevice device = new();
        ModelScorer scorer = new(device, new FixedScores(device, (_, _) => 0));
        Assert.Throws<ArgumentOutOfRangeException>("most", () => new TopLists(scorer, [0, 1], [0, 1], most: 0, threads: 1));
        Assert.Throws<ArgumentException>("idRanks", () => new TopLists(scorer, [0, 1], [0], most: 1, threads: 1));
    }

    private static ListedUser User(int user, RandomSequence draws, int items)
    {
        int[] leftOut = [.. Enumerable.Range(0, items).Where(item => draws.Below((ulong)item, 6) == 0)];
        return user % 3 == 0
            ? new ListedUser($"new{user}", -1, new ItemHistory([1 + draws.Below(1000, 30)], [draws.Below(1001, 30)]), leftOut)
            : new ListedUser($"u{user}", user % 9, null, leftOut);
    }
}
