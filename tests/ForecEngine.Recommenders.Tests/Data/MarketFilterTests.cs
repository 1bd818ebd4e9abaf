// Files filtered without their rows in memory: the same as the k-core of rows in memory.

using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class MarketFilterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(MaxTest = 100)]
    public Property It_is_the_k_core_of_the_rows_of_all_files_in_their_order() =>
        Prop.ForAll(RatingsText.Rows, RatingsText.Rows,
            (from k in Gen.Choose(1, 6) from passes in Gen.Choose(1, 4) select (k, passes)).ToArbitrary(), (first, second, rule) =>
        {
            File.WriteAllBytes(_directory["a"], RatingsText.Gzip(RatingsText.Utf8(RatingsText.Of("raw", first))));
            File.WriteAllText(_directory["b"], RatingsText.Of("jsonl", second));
            MarketFiles files = new("jp", [_directory["a"], _directory["b"]]);
            Ratings all = RatingsReader.Read("jp", files.Files);
            MarketFilter filter = new(files, new FilterRule(rule.k, rule.k, rule.passes));
            Assert.Equal(new MarketSize(all.Users.Count, all.Items.Count, all.Count), filter.Before);
            Ratings expected;
            try
            {
                expected = KCore.Filter(all, rule.k, rule.passes);
            }
            catch (DataFormatException)
            {
                Assert.Equal(
                    $"jp: no rows are left of {all.Count}", Assert.Throws<DataFormatException>(() => filter.Write(Stream.Null)).Message);
                return;
            }

            Ratings written = Written(filter);
            Assert.Equal(expected.UserOf, written.UserOf);
            Assert.Equal(expected.ItemOf, written.ItemOf);
            Assert.Equal(expected.Rating, written.Rating);
            Assert.Equal(expected.Time, written.Time);
            Assert.Equal(new MarketSize(expected.Users.Count, expected.Items.Count, expected.Count), filter.After);
        });

    [Fact]
    public void Items_that_the_reference_lacks_go_first_and_items_and_users_have_bounds_of_their_own()
    {
        // Without item x user v has one row; item b has one row; then user u alone has two.
        File.WriteAllText(_directory["a"],
            "u a 5.0 2020-01-01\nv x 5 2020-01-02\nv a 4 2020-01-03\nu c 5 2020-01-04\nv b 5 2020-01-05\nw c 5 2020-01-06\n");
        IdTable reference = new();
        foreach (string item in (string[])["a", "b", "c"])
            reference.Add(item);
        MarketFilter filter = new(new MarketFiles("jp", [_directory["a"]]), new FilterRule(2, 2, 1), reference);
        using MemoryStream written = new();
        filter.Write(written);
        Assert.Equal(
            "userId itemId rate date\nu a 5.0 2020-01-01\nu c 5 2020-01-04\n", System.Text.Encoding.UTF8.GetString(written.ToArray()));
        Assert.Equal(2, filter.Items.Count);
    }

    [Theory]
    [InlineData("user,item\nu,i\n", "userId itemId rate\nu i 1\n")]
    [InlineData("user,item,stars,ts\nu,i,4.50,1500000010123\n", "userId itemId rate date\nu i 4.50 1500000010.123\n")]
    [InlineData("user,item,date\nu,i,2020-01-01\nu,j,2020-01-01 12:00\n", "userId itemId rate date\nu i 1 1577836800\nu j 1 1577880000\n")]
    public void Ratings_stay_as_they_are_and_times_are_dates_where_all_are(string text, string written)
    {
        File.WriteAllText(_directory["a.csv"], text);
        using MemoryStream bytes = new();
        new MarketFilter(new MarketFiles("jp", [_directory["a.csv"]]), new FilterRule(1, 1, 1)).Write(bytes);
        Assert.Equal(written, System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public void An_id_that_the_format_cannot_hold_is_named_with_its_line()
    {
        File.WriteAllText(_directory["a.csv"], "user,item\nu,i\nu v,i\n");
        Assert.Equal($"{_directory["a.csv"]}:3: an id holds a blank, which XMarket's format, whose columns are separated by blanks, cannot",
            Assert.Throws<DataFormatException>(
                () => Written(new MarketFilter(new MarketFiles("jp", [_directory["a.csv"]]), new FilterRule(1, 1, 1)))).Message);
    }

    private Ratings Written(MarketFilter filter)
    {
        using (FileStream file = File.Create(_directory["written"]))
            filter.Write(file);
        return RatingsReader.Read("jp", [_directory["written"]]);
    }
}
