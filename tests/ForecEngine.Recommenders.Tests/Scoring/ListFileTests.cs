// Lists written in any format are read back unchanged.

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ForecEngine.FsCheck;
using ForecEngine.Kernels;
using ForecEngine.Recommenders.Scoring;
using FsCheck.Xunit;
using nietras.SeparatedValues;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Scoring;

public sealed class ListFileTests
{
    private static readonly string[] s_ids =
        ["plain", "a,b", "say \"x\"", "two words", "", "ünï\U0001F600", "<&'>", "tab\tbed", "1,5", " edge "];

    [Property(Arbitrary = [typeof(Generators)], MaxTest = 40)]
    public async Task Every_id_and_score_is_read_as_it_was_written(Seed seed)
    {
        RandomSequence draws = RandomSequence.Named(seed.Value, "test/list-file");
        TopList[] lists =
        [
            .. Enumerable.Range(0, draws.Below(0, 5)).Select(list => new TopList(
                s_ids[draws.Below(100 + (ulong)list, s_ids.Length)],
                [.. Enumerable.Range(0, draws.Below(200 + (ulong)list, 4)).Select(i => Scored(draws.At(1 + list), (ulong)i))])),
        ];
        (string, int, string, float)[] expected =
            [.. lists.SelectMany(list => list.Items.Select((scored, i) => (list.User, i + 1, s_ids[scored.Item], (float)scored.Score)))];
        Assert.Equal(expected, Separated(ListFormat.Csv, ',', lists));
        Assert.Equal(expected, Separated(ListFormat.Tsv, '\t', lists));
        Assert.Equal(expected, Text(ListFormat.Jsonl, lists).Split('\n')[..^1].Select(line => JsonNode.Parse(line)!)
            .Select(line => ((string)line["user"]!, (int)line["rank"]!, (string)line["item"]!, (float)line["score"]!)));
        Assert.Equal(expected, await Columns(lists));
    }

    [Fact]
    public void Lists_have_the_documented_text_formats()
    {
        TopList[] lists = [new("u,1", [new(0, 0.1f), new(2, -1e-9f)]), new("empty", []), new("u2", [new(1, 3)])];
        string csv = Text(ListFormat.Csv, lists), tsv = Text(ListFormat.Tsv, lists), json = Text(ListFormat.Jsonl, lists);
        Assert.Equal("user,rank,item,score\n\"u,1\",1,plain,0.1\n\"u,1\",2,\"say \"\"x\"\"\",-1E-09\nu2,1,\"a,b\",3\n", csv);
        Assert.Equal("user\trank\titem\tscore\nu,1\t1\tplain\t0.1\nu,1\t2\t\"say \"\"x\"\"\"\t-1E-09\nu2\t1\ta,b\t3\n", tsv);
        Assert.StartsWith("{\"user\":\"u,1\",\"rank\":1,\"item\":\"plain\",\"score\":0.1}\n", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_parquet_file_has_several_row_groups()
    {
        using MemoryStream file = new();
        IReadOnlyList<ScoredItem> items = [.. Enumerable.Repeat(new ScoredItem(0, 1), 100)];
        IEnumerable<TopList> lists = Enumerable.Range(0, 1400).Select(user => new TopList($"u{user}", items));
        ListFile.Write(file, ListFormat.Parquet, lists, item => s_ids[item]);
        file.Position = 0;
        await using ParquetReader reader = await ParquetReader.CreateAsync(file, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, reader.RowGroupCount);
        Assert.All(Enumerable.Range(0, 3), group => Assert.NotEqual(0, reader.OpenRowGroupReader(group).RowCount));
        Assert.Equal(140_000, Enumerable.Range(0, 3).Sum(group => reader.OpenRowGroupReader(group).RowCount));
    }

    // The score is any finite float, drawn as bits.
    private static ScoredItem Scored(RandomSequence draws, ulong index)
    {
        float score = BitConverter.UInt32BitsToSingle((uint)draws.Bits(100 + index));
        return new ScoredItem(draws.Below(index, s_ids.Length), float.IsFinite(score) ? score : 0.1f);
    }

    private static string Text(ListFormat format, TopList[] lists)
    {
        using MemoryStream file = new();
        ListFile.Write(file, format, lists, item => s_ids[item]);
        using StringWriter text = new() { NewLine = "\n" };
        ListFile.Write(text, format, lists, item => s_ids[item]);
        Assert.Equal(text.ToString(), Encoding.UTF8.GetString(file.ToArray()));
        return text.ToString();
    }

    private static List<(string, int, string, float)> Separated(ListFormat format, char separator, TopList[] lists)
    {
        using SepReader reader = Sep.New(separator).Reader(options => options with { Unescape = true }).FromText(Text(format, lists));
        List<(string, int, string, float)> rows = [];
        foreach (SepReader.Row row in reader)
        {
            float score = float.Parse(row["score"].ToString(), CultureInfo.InvariantCulture);
            rows.Add((row["user"].ToString(), row["rank"].Parse<int>(), row["item"].ToString(), score));
        }

        return rows;
    }

    private static async Task<List<(string, int, string, float)>> Columns(TopList[] lists)
    {
        using MemoryStream file = new();
        ListFile.Write(file, ListFormat.Parquet, lists, item => s_ids[item]);
        file.Position = 0;
        await using ParquetReader reader = await ParquetReader.CreateAsync(file, cancellationToken: TestContext.Current.CancellationToken);
        DataField[] fields = reader.Schema.GetDataFields();
        Assert.Equal(["user", "rank", "item", "score"], fields.Select(field => field.Name));
        List<(string, int, string, float)> rows = [];
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            using ParquetRowGroupReader part = reader.OpenRowGroupReader(group);
            int count = (int)part.RowCount;
            (string[] users, string[] items) = (new string[count], new string[count]);
            (int[] ranks, float[] scores) = (new int[count], new float[count]);
            await part.ReadAsync(fields[0], users, cancellationToken: TestContext.Current.CancellationToken);
            await part.ReadAsync<int>(fields[1], ranks, cancellationToken: TestContext.Current.CancellationToken);
            await part.ReadAsync(fields[2], items, cancellationToken: TestContext.Current.CancellationToken);
            await part.ReadAsync<float>(fields[3], scores, cancellationToken: TestContext.Current.CancellationToken);
            rows.AddRange(Enumerable.Range(0, count).Select(i => (users[i], ranks[i], items[i], scores[i])));
        }

        return rows;
    }
}
