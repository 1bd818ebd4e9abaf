// A market with one more positive of each user held out is the market without that row.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Tests.Fits;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketHoldingOutTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void One_more_positive_of_each_user_with_two_is_held_out_and_all_else_is_kept(Seed seed, bool isTimed)
    {
        Market market = new FitMarkets(seed.Value, isTimed: isTimed).Target.Market;
        Market less = market.HoldingOut(RandomSequence.Named(seed.Value, "test"));
        Assert.Same(market.Items, less.Items);
        Assert.Same(market.Users, less.Users);
        Assert.Same(market.Test, less.Test);
        Assert.Equal(
            (market.Name, market.PoolSize, market.CandidatePoolSize, market.UsersWithRows, market.HasTimes),
            (less.Name, less.PoolSize, less.CandidatePoolSize, less.UsersWithRows, less.HasTimes));
        Dictionary<int, HeldOutRow> held = less.Valid.ToDictionary(row => row.User);
        Assert.Equal(held.Keys.Order(), less.Valid.Select(row => row.User));
        for (int user = 0; user < market.UsersWithRows; user++)
        {
            (int Item, float Label)[] before = Rows(market, user), after = Rows(less, user);
            Assert.Equal(before.Count(row => row.Label > 0) > 1, held.ContainsKey(user));
            Assert.Equal(after.Select(row => row.Item).Distinct().Order(), less.Trained(user).ToArray());
            Assert.Equal(market.Seen(user).ToArray(), less.Seen(user).ToArray());
            if (!held.TryGetValue(user, out HeldOutRow row))
            {
                Assert.Equal(before, after);
                continue;
            }

            Assert.Equal(1, row.Relevance);
            Assert.Equal(before, after[..row.TrainedBefore].Append((row.Item, 1f)).Concat(after[row.TrainedBefore..]));
            Assert.True(!isTimed || after[row.TrainedBefore..].All(later => later.Label == 0));
        }
    }

    [Fact]
    public void Without_times_the_draws_choose_the_row()
    {
        Market market = new FitMarkets(2, isTimed: false).Target.Market;
        int[] Places(ulong seed) => [.. market.HoldingOut(RandomSequence.Named(seed, "test")).Valid.Select(row => row.TrainedBefore)];
        Assert.Equal(Places(1), Places(1));
        Assert.NotEqual(Places(1), Places(2));
        Assert.True(Places(1).Distinct().Count() > 2);
    }

    private static (int Item, float Label)[] Rows(Market market, int user)
    {
        int[] rows = [.. Enumerable.Range(0, market.TrainUsers.Length)];
        (int User, int Item, float Label)[] all = new (int, int, float)[rows.Length];
        foreach (int row in rows)
            all[row] = (market.TrainUsers[row], market.TrainItems[row], market.TrainLabels[row]);
        return [.. all.Where(row => row.User == user).Select(row => (row.Item, row.Label))];
    }
}
