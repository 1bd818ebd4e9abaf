// RowsFile writes rows with their parts of the split, and RatingsReader reads them back.

using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class RowsFileTests : IDisposable
{
    private static readonly string[] s_ids = ["plain", "a,b", "say \"x\"", "\"quoted\"", "two words", "ünï\U0001F600", "'", "#1", "\\"];
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public void The_ratings_reader_reads_the_rows_that_were_written(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/rows-file");
        int rows = 1 + draws.Below(0, 20);
        Ratings ratings = TestMarkets.Ratings("jp", [.. Enumerable.Range(0, rows).Select(row => RowOf(draws.At(1 + row)))]);
        if (draws.Below(1, 3) == 0)
            ratings = ratings with { Time = null };
        RowSplit[] splits = [.. Enumerable.Range(0, rows).Select(row => (RowSplit)draws.Below((ulong)row + 5000, 4))];
        string path = _directory["rows.tsv"];
        RowsFile.Write(path, ratings, splits);

        Ratings read = RatingsReader.Read("jp", [path]);
        Assert.Equal(ratings.UserOf.Select(ratings.Users.Text), read.UserOf.Select(read.Users.Text));
        Assert.Equal(ratings.ItemOf.Select(ratings.Items.Text), read.ItemOf.Select(read.Items.Text));
        Assert.Equal(ratings.Rating, read.Rating);
        Assert.Equal(ratings.Time, read.Time);
        IEnumerable<string> names = splits.Select(split => split == RowSplit.LeftOut ? "unused" : $"{split}".ToLowerInvariant());
        Assert.Equal(names, File.ReadLines(path).Skip(1).Select(line => line.Split('\t')[^1]));

        static Row RowOf(RandomSequence draws) => new(
            s_ids[draws.Below(0, s_ids.Length)], s_ids[draws.Below(1, s_ids.Length)],
            draws.Below(2, 11) / 2f, 1_500_000_000 + draws.Below(3, 9));
    }

    [Fact]
    public void The_file_has_a_header_and_a_column_for_the_split()
    {
        Ratings ratings = TestMarkets.Ratings("jp", new Row("u", "i", 4.5f, 1_500_000_000));
        RowsFile.Write(_directory["rows.tsv"], ratings, [RowSplit.Valid]);
        Assert.Equal("user\titem\trating\ttime\tsplit\nu\ti\t4.5\t1500000000\tvalid\n", File.ReadAllText(_directory["rows.tsv"]));
    }
}
