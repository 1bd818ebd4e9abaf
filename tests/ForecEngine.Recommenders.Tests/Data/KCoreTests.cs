// The k-core: items first, then users, pass by pass.

using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class KCoreTests
{
    [Property(MaxTest = 300)]
    public Property It_is_the_definition_written_out() =>
        Prop.ForAll(RatingsText.Rows, Gen.Choose(1, 6).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), (rows, k, passes) =>
        {
            Row[] left = rows;
            for (int pass = 0; pass < passes; pass++)
            {
                left = [.. left.GroupBy(row => row.Item).Where(g => g.Count() >= k).SelectMany(g => g).OrderBy(row => Array.FindIndex(rows, r => ReferenceEquals(r, row)))];
                left = [.. left.GroupBy(row => row.User).Where(g => g.Count() >= k).SelectMany(g => g).OrderBy(row => Array.FindIndex(rows, r => ReferenceEquals(r, row)))];
            }

            Ratings ratings = TestMarkets.Ratings("jp", rows);
            if (left.Length == 0)
            {
                Assert.Equal($"jp: no rows are left of the {k}-core of {rows.Length}", Assert.Throws<DataFormatException>(() => KCore.Filter(ratings, k, passes)).Message);
                return;
            }

            Ratings expected = TestMarkets.Ratings("jp", left), found = KCore.Filter(ratings, k, passes);
            Assert.Equal(expected.UserOf, found.UserOf);
            Assert.Equal(expected.ItemOf, found.ItemOf);
            Assert.Equal(expected.Rating, found.Rating);
            Assert.Equal(expected.Time, found.Time);
            Assert.Equal(left.Select(row => row.User).Distinct(), Enumerable.Range(0, found.Users.Count).Select(found.Users.Text));
            Assert.Equal(left.Select(row => row.Item).Distinct(), Enumerable.Range(0, found.Items.Count).Select(found.Items.Text));
        });

    [Fact]
    public void Users_are_counted_after_items_have_gone()
    {
        // Item b has one row and goes; user v is then left with one and goes too; only one pass later does item a.
        Ratings ratings = TestMarkets.Ratings("jp",
            new Row("u", "c", 5, 1), new Row("u", "d", 5, 2), new Row("v", "b", 5, 3), new Row("v", "a", 5, 4),
            new Row("w", "a", 5, 5), new Row("w", "c", 5, 6), new Row("w", "d", 5, 7));
        Assert.Equal(5, KCore.Filter(ratings, 2).Count);
        Assert.Equal(4, KCore.Filter(ratings, 2, passes: 2).Count);
    }
}
