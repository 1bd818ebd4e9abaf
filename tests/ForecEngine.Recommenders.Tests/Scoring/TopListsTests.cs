// The list of a user does not depend on the other users or the block size.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Training;
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

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 30)]
    public void A_device_with_its_own_memory_makes_the_lists_of_the_host(Seed seed)
    {
        using ScalarDevice scalar = new();
        using OpaqueDevice opaque = new();
        Assert.Equal(Lists(scalar), Lists(opaque));

        (string, string)[] Lists(IDevice device)
        {
            // Some models give all items the same score, so that ids decide.
            RandomSequence draws = RandomSequence.Named(seed.Value, "test/device-lists");
            int items = 30 + draws.Below(5000, 20), most = 1 + draws.Below(5001, 60);
            IRecommender model = ModelCatalog.Create("nmf", device, new ModelShape(9, items, 4, [8, 12, 6]));
            if (draws.Below(5002, 3) > 0)
                model.Initialise(seed.Value, "test", 1);
            int[] rows = [.. Enumerable.Range(0, items)], ranks = [.. rows.OrderBy(row => draws.Uniform(6000 + (ulong)row))];
            FoldIn foldIn = new(device, model, market: 0, [1, 2], rows, new FoldInOptions { Steps = 1 });
            ListedUser[] users = [.. Enumerable.Range(0, 12).Select(user => User(user, draws.At(1 + user), items))];
            return [.. new TopLists(new ModelScorer(device, model, market: 0, foldIn), rows, ranks, most, threads: 1).Make(users)
                .Select(list => (list.User, string.Join(' ', list.Items)))];
        }
    }

    [Fact]
    public void A_device_with_its_own_memory_gives_the_host_the_lists_alone()
    {
        const int Users = 700, Items = 300;
        using OpaqueDevice device = new();
        IRecommender model = ModelCatalog.Create("gmf", device, new ModelShape(Users, Items, 4, []));
        int[] items = [.. Enumerable.Range(0, Items)];
        TopLists lists = new(new ModelScorer(device, model), items, items, most: 5, threads: 1);
        (int writes, long read) = (device.Writes, device.ElementsRead);
        IEnumerable<ListedUser> users = Enumerable.Range(0, Users).Select(user => new ListedUser($"u{user}", user, null, [user % 9]));
        Assert.Equal(Users, lists.Make(users).Count());
        Assert.Equal(Users * (1 + 5 + 5), device.ElementsRead - read);
        Assert.InRange(device.Writes - writes, 1, 5); // users, items, ranks, items left out, and the market
    }

    [Fact]
    public void The_error_of_a_device_with_its_own_memory_names_the_user_even_if_the_item_is_left_out()
    {
        using OpaqueDevice device = new();
        IRecommender model = ModelCatalog.Create("gmf", device, new ModelShape(6, 3, 4, []));
        foreach (Parameter table in model.Parameters.Where(table => table.Value.Rows == 6))
            table.Value.Values.Part(3 * 4, 1).Write([Real.NaN]);
        TopLists lists = new(new ModelScorer(device, model), [0, 1, 2], [0, 1, 2], most: 2, threads: 1);
        ListedUser[] users = [.. Enumerable.Range(0, 6).Select(user => new ListedUser($"u{user}", user, null, [0, 1, 2]))];
        string message = Assert.Throws<ArithmeticException>(() => lists.Make(users).ToArray()).Message;
        Assert.Equal("the model's scores for user u3 are not finite", message);
    }

    [Fact]
    public void An_item_left_out_that_is_not_listed_is_refused_on_every_device()
    {
        foreach (IDevice device in (IDevice[])[new ScalarDevice(), new OpaqueDevice()])
        {
            IRecommender model = ModelCatalog.Create("gmf", device, new ModelShape(2, 3, 4, []));
            TopLists lists = new(new ModelScorer(device, model), [0, 1, 2], [0, 1, 2], most: 2, threads: 1);
            Assert.ThrowsAny<Exception>(() => lists.Make([new("u0", 0, null, [3]), new("u1", 1, null, [])]).ToArray());
            device.Dispose();
        }
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
            ? new ListedUser($"new{user}", -1, new ItemHistory([1 + draws.Below(1000, 29)], [draws.Below(1001, 30)]), leftOut)
            : new ListedUser($"u{user}", user % 9, null, leftOut);
    }
}
