// Histories hold the positives of training, each item once, in the order of its last row.

using ForecEngine.Checkpoints;
using ForecEngine.FsCheck;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Fits;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Fits;

public sealed class UserHistoriesTests
{
    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void Histories_of_markets_of_new_users_and_of_checkpoints_are_the_same(Seed seed, bool hasSource, bool isTimed)
    {
        using TemporaryDirectory directory = new();
        FitMarkets markets = new(seed.Value, hasSource, isTimed);
        UserHistories histories = UserHistories.Of(markets.Markets, markets.Tables.Users);
        SafetensorsFile.Write(directory["file"], histories.Tensors("own"));
        UserHistories read = UserHistories.Read(SafetensorsFile.Read(directory["file"]), "own", markets.Tables.Items);
        UserHistories fresh = UserHistories.Of([.. markets.Users.Select(user => new ItemHistory(markets.PositiveRows(user), [], isTimed))]);
        foreach (int user in markets.Users)
        {
            foreach (UserHistories each in (UserHistories[])[histories, read, fresh])
            {
                Assert.Equal(markets.History(user), each.Of(user).Items.ToArray());
                Assert.Equal(isTimed, each.Of(user).IsTimed);
            }
        }

        Assert.Empty(histories.Of(markets.Tables.Users).Items.ToArray());
    }

    [Fact]
    public void The_last_row_of_a_repeated_item_counts_and_rows_rated_0_do_not()
    {
        Market market = Market.Prepare(
            TestMarkets.Ratings("jp", [new("u", "a", 5, 1), new("u", "b", 5, 2), new("u", "c", 0, 3), new("u", "a", 4, 4)]),
            SplitRules.TrainOnAll);
        UserHistories histories = UserHistories.Of(new MarketUnion([market]).Markets, users: 1);
        Assert.Equal([1, 0], histories.Of(0).Items.ToArray());
        Assert.True(histories.Of(0).IsTimed);
    }

    [Fact]
    public void Histories_of_a_checkpoint_without_times_have_none()
    {
        using TemporaryDirectory directory = new();
        UserHistories histories = UserHistories.Of([new ItemHistory([4, 2], [], isTimed: true)]);
        SafetensorsFile.Write(directory["file"], histories.Tensors("own").Where(tensor => tensor.Name != "own.timed").ToArray());
        History read = UserHistories.Read(SafetensorsFile.Read(directory["file"]), "own", 5).Of(0);
        Assert.Equal([4, 2], read.Items.ToArray());
        Assert.False(read.IsTimed);
    }
}
