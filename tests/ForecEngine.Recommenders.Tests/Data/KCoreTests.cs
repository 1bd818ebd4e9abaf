// KCore filters items, then users, pass by pass.

using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class KCoreTests
{
    [Property(MaxTest = 300)]
    public Property The_k_core_is_that_of_its_definition() =>
        Prop.ForAll(RatingsText.Rows, Gen.Choose(1, 6).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), (rows, k, passes) =>
        {
            Row[] left = rows;
            for (int pass = 0; pass < passes; pass++)
            {
                left = [.. left.Where(row => left.Count(other => other.Item == row.Item) >= k)];
                left = [.. left.Where(row => left.Count(other => other.User == row.User) >= k)];
            }

            Ratings ratings = TestMarkets.Ratings("jp", rows);
            if (left.Length == 0)
            {
                string message = Assert.Throws<DataFormatException>(() => KCore.Filter(ratings, k, passes)).Message;
                Assert.Equal($"jp: the {k}-core of its {rows.Length} rows is empty", message);
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
    public void Rows_of_removed_items_do_not_count_for_their_users()
    {
        // Item b has one row and is removed. This leaves user v with one row, so v is removed too. Item a follows in the second pass.
        Ratings ratings = TestMarkets.Ratings("jp",
            new Row("u", "c", 5, 1), new Row("u", "d", 5, 2), new Row("v", "b", 5, 3), new Row("v", "a", 5, 4),
            new Row("w", "a", 5, 5), new Row("w", "c", 5, 6), new Row("w", "d", 5, 7));
        Assert.Equal(5, KCore.Filter(ratings, 2).Count);
        Assert.Equal(4, KCore.Filter(ratings, 2, passes: 2).Count);
    }
}
