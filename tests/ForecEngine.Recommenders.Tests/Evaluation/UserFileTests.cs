// Files with the values of each user, as CSV and Parquet.

using ForecEngine.Kernels;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Scoring;
using ForecEngine.Recommenders.Tests.Scoring;
using ForecEngine.Tests.Checkpoints;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Evaluation;

public sealed class UserFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static readonly UserTable s_table = new(["ndcg@10", "mrr"],
    [
        new("valid", NamedRanking.AllItems, "plain", 5, "tea", 7, 3, [0.1, 1.0 / 3]),
        new("test", NamedRanking.Given, "a \"quoted\", one", 0, "", 0, 0, [0, double.Epsilon]),
    ]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_table_is_read_back_from_CSV_with_the_same_bits()
    {
        UserFile.Write(_directory["users.csv"], s_table);
        Assert.Equal("split,candidates,user,training_rows,item,item_training_rows,rank,ndcg@10,mrr\n"
            + "valid,all,plain,5,tea,7,3,0.1,0.3333333333333333\n", string.Concat(
                File.ReadLines(_directory["users.csv"]).Take(2).Select(line => $"{line}\n")));
        UserTable read = UserFile.Read(_directory["users.csv"]);
        Assert.Equal(s_table.Metrics, read.Metrics);
        foreach ((UserValues expected, UserValues found) in s_table.Rows.Zip(read.Rows))
        {
            Assert.Equal(expected, found with { Values = expected.Values });
            Assert.Equal(expected.Values, found.Values);
        }
    }

    [Fact]
    public async Task Parquet_has_the_columns_of_CSV()
    {
        UserFile.Write(_directory["users.parquet"], s_table);
        await using ParquetReader reader = await ParquetReader.CreateAsync(
            _directory["users.parquet"], cancellationToken: TestContext.Current.CancellationToken);
        DataField[] fields = reader.Schema.GetDataFields();
        Assert.Equal(["split", "candidates", "user", "training_rows", "item", "item_training_rows", "rank", "ndcg@10", "mrr"],
            fields.Select(field => field.Name));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        double[] mrr = new double[2];
        await group.ReadAsync<double>(fields[^1], mrr, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([1.0 / 3, double.Epsilon], mrr);
    }

    [Fact]
    public void Another_format_and_damaged_files_are_refused()
    {
        Assert.Throws<ArgumentException>(() => UserFile.Write(_directory["users.txt"], s_table));
        const string Header = "split,candidates,user,training_rows,item,item_training_rows,rank,mrr\n";
        foreach (string text in (string[])["", "user,item\n", $"{Header}test,all,u,x,i,1,1,1\n", $"{Header}test,all\n"])
        {
            File.WriteAllText(_directory["bad.csv"], text);
            Assert.Contains(_directory["bad.csv"], Assert.Throws<DataFormatException>(() => UserFile.Read(_directory["bad.csv"])).Message,
                StringComparison.Ordinal);
        }

        Assert.Throws<DataFormatException>(() => UserFile.Read(_directory["none.csv"]));
    }

    [Fact]
    public void A_table_has_a_row_for_each_measured_user_with_counts_of_training_rows()
    {
        Row[] rows = [new("u", "a", 5, 1), new("u", "b", 5, 2), new("v", "b", 5, 3), new("u", "c", 5, 4)];
        Market market = Market.Prepare(TestMarkets.Ratings("jp", rows), SplitRules.TrainOnAll);
        CandidateList[] lists = [new(0, [0, 1, 2], [0, 1, 0], [("b", 1)]), new(1, [0, 1], [0, 0], [])];
        using ScalarDevice device = new();
        RankedLists ranked = new Ranker(Metric.ParseAll("mrr"), 1).Rank(
            new ModelScorer(device, new FixedScores(device, (_, item) => -item)), new MarketUnion([market]).Place("jp"), lists);
        UserTable table = UserTable.Of([new("test", NamedRanking.Given, ranked)]);
        Assert.Equal(["ndcg@10", "mrr"], table.Metrics);
        UserValues user = Assert.Single(table.Rows);
        Assert.Equal(("u", 3, "b", 2, 2, 0.5),
            (user.User, user.TrainingRows, user.Item, user.ItemTrainingRows, user.Rank, user.Values[1]));
    }
}
