// Writes lists as files, with one line per item and the columns user, rank, item and score (docs/formats.md). Lists are written one by
// one, so that memory does not depend on their number. Scores are written with the fewest digits that are read as the same number.

using System.Text.Encodings.Web;
using System.Text.Unicode;
using nietras.SeparatedValues;
using Parquet;
using Parquet.Schema;

namespace ForecEngine.Recommenders.Scoring;

/// <summary>A format of lists.</summary>
public enum ListFormat
{
    /// <summary>Comma-separated values with a header; a field with a comma, a quote or a line end is quoted (RFC 4180).</summary>
    Csv,

    /// <summary>The same with tabs instead of commas.</summary>
    Tsv,

    /// <summary>One JSON object per line.</summary>
    Jsonl,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}

/// <summary>Writes lists.</summary>
public static class ListFile
{
    private const int RowsOfGroup = 1 << 16; // of Parquet, whose writer holds a whole row group in memory

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes lists as text.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">A text format.</param>
    /// <param name="lists">The lists.</param>
    /// <param name="item">The id of an item.</param>
    /// <exception cref="ArgumentException">The format is not a text format.</exception>
    public static void Write(TextWriter output, ListFormat format, IEnumerable<TopList> lists, Func<int, string> item)
    {
        if (format == ListFormat.Parquet)
            throw new ArgumentException($"{format} is not a text format", nameof(format));
        if (format == ListFormat.Jsonl)
            WriteJson(output, lists, item);
        else
            WriteSeparated(output, format == ListFormat.Csv ? ',' : '\t', lists, item);
    }

    /// <summary>Writes lists.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">The format.</param>
    /// <param name="lists">The lists.</param>
    /// <param name="item">The id of an item.</param>
    public static void Write(Stream output, ListFormat format, IEnumerable<TopList> lists, Func<int, string> item)
    {
        if (format == ListFormat.Parquet)
        {
            WriteParquet(output, lists, item).GetAwaiter().GetResult();
            return;
        }

        using StreamWriter text = new(output, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        Write(text, format, lists, item);
    }

    private static void WriteSeparated(TextWriter output, char separator, IEnumerable<TopList> lists, Func<int, string> item)
    {
        using SepWriter writer = Sep.New(separator)
            .Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture, WriteHeader = false })
            .To(output, leaveOpen: true);
        using (SepWriter.Row header = writer.NewRow())
        {
            foreach ((int place, string name) in ((string[])["user", "rank", "item", "score"]).Index())
                header[place].Set(name);
        }

        foreach (TopList list in lists)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                using SepWriter.Row row = writer.NewRow();
                row[0].Set(list.User);
                row[1].Format(i + 1);
                row[2].Set(item(list.Items[i].Item));
                row[3].Format(list.Items[i].Score);
            }
        }
    }

    private static void WriteJson(TextWriter output, IEnumerable<TopList> lists, Func<int, string> item)
    {
        using MemoryStream line = new();
        using Utf8JsonWriter writer = new(line, s_json);
        foreach (TopList list in lists)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                line.SetLength(0);
                writer.Reset(line);
                writer.WriteStartObject();
                writer.WriteString("user", list.User);
                writer.WriteNumber("rank", i + 1);
                writer.WriteString("item", item(list.Items[i].Item));
                writer.WriteNumber("score", list.Items[i].Score);
                writer.WriteEndObject();
                writer.Flush();
                output.Write(System.Text.Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length)));
                output.Write('\n');
            }
        }
    }

    private static async Task WriteParquet(Stream output, IEnumerable<TopList> lists, Func<int, string> item)
    {
        DataField<string> user = new("user", nullable: false), itemField = new("item", nullable: false);
        DataField<int> rank = new("rank");
        DataField<float> score = new("score");
        List<string> users = [], items = [];
        List<int> ranks = [];
        List<float> scores = [];
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(user, rank, itemField, score), output);
        foreach (TopList list in lists)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                users.Add(list.User);
                ranks.Add(i + 1);
                items.Add(item(list.Items[i].Item));
                scores.Add((float)list.Items[i].Score);
            }

            if (users.Count >= RowsOfGroup)
                await WriteGroup();
        }

        if (users.Count > 0)
            await WriteGroup();

        async Task WriteGroup()
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(user, users);
            await group.WriteAsync<int>(rank, ranks.ToArray());
            await group.WriteAsync(itemField, items);
            await group.WriteAsync<float>(score, scores.ToArray());
            group.CompleteValidate();
            users.Clear();
            ranks.Clear();
            items.Clear();
            scores.Clear();
        }
    }
}
