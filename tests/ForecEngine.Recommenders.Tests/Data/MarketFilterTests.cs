// MarketFilter, which does not load rows, keeps the same rows as KCore does on loaded rows.

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
    public Property The_written_rows_are_the_k_core_of_the_rows_of_all_files_in_order() =>
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
                string message = Assert.Throws<DataFormatException>(() => filter.Write(Stream.Null)).Message;
                Assert.Equal($"jp: the filter keeps none of its {all.Count} rows", message);
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
    public void Items_that_the_reference_lacks_are_removed_before_rows_are_counted()
    {
        // Item x is not in the reference. Then item b has one row and is removed, and only user u has two rows left.
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
    public void Ratings_are_copied_and_times_are_written_as_dates_if_all_of_them_are_dates(string text, string written)
    {
        File.WriteAllText(_directory["a.csv"], text);
        using MemoryStream bytes = new();
        new MarketFilter(new MarketFiles("jp", [_directory["a.csv"]]), new FilterRule(1, 1, 1)).Write(bytes);
        Assert.Equal(written, System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public void An_id_with_a_space_is_refused_with_its_line()
    {
        File.WriteAllText(_directory["a.csv"], "user,item\nu,i\nu v,i\n");
        Assert.Equal($"{_directory["a.csv"]}:3: an id contains a space, but spaces separate the columns of XMarket's format",
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
