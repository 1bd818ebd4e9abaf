// Ratings.Select returns a market with some of the rows.

using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class RatingsTests
{
    [Property(MaxTest = 100)]
    public void Selected_rows_keep_their_content_and_only_their_users_and_items_have_indexes(byte[] picked)
    {
        Ratings all = TestMarkets.Random("jp", 1);
        int[] rows = [.. picked.Select(p => p % all.Count)];
        Ratings some = all.Select(rows);
        Assert.Equal(rows.Select(row => Text(all, row)), Enumerable.Range(0, some.Count).Select(row => Text(some, row)));
        Assert.Equal(rows.Select(row => all.UserOf[row]).Distinct().Count(), some.Users.Count);
        Assert.Equal(rows.Select(row => all.ItemOf[row]).Distinct().Count(), some.Items.Count);
        Assert.Null((all with { Time = null }).Select(rows).Time);
    }

    private static string Text(Ratings ratings, int row) =>
        $"{ratings.Users.Text(ratings.UserOf[row])} {ratings.Items.Text(ratings.ItemOf[row])} {ratings.Rating[row]} {ratings.Time?[row]}";
}
