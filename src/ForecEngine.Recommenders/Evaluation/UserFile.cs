// Writes the values of each user as CSV or Parquet, and reads them from CSV. Values are written with enough digits to be read back as the
// same numbers.

using nietras.SeparatedValues;
using Parquet;
using Parquet.Schema;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>Files of <see cref="UserTable"/>.</summary>
public static class UserFile
{
    private const int RowsOfGroup = 1 << 16; // of Parquet, whose writer holds a whole row group in memory
    private static readonly string[] s_columns = ["split", "candidates", "user", "training_rows", "item", "item_training_rows", "rank"];

    /// <summary>Whether a file's name ends with that of a format: <c>.csv</c> or <c>.parquet</c>.</summary>
    public static bool IsNamed(string path) => Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".parquet";

    /// <summary>Writes a table atomically, in the format of the file's name.</summary>
    /// <exception cref="ArgumentException">The name ends with no format's (<see cref="IsNamed"/>).</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, UserTable table)
    {
        if (!IsNamed(path))
            throw new ArgumentException($"{path}: expects a name that ends with .csv or .parquet", nameof(path));
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            AtomicFile.Write(path, stream => WriteCsv(stream, table));
        else
            AtomicFile.Write(path, stream => WriteParquet(stream, table).GetAwaiter().GetResult());
    }

    /// <summary>Reads a table from a CSV file.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or is not of this format.</exception>
    public static UserTable Read(string path)
    {
        try
        {
            using SepReader reader = Sep.New(',')
                .Reader(options => options with { Unescape = true, CultureInfo = CultureInfo.InvariantCulture }).FromFile(path);
            IReadOnlyList<string> names = reader.Header.ColNames;
            if (!names.Take(s_columns.Length).SequenceEqual(s_columns))
                throw new DataFormatException(path, 1, $"expects the columns {string.Join(',', s_columns)} and metrics");
            List<UserValues> rows = [];
            foreach (SepReader.Row row in reader)
            {
                double[] values = new double[names.Count - s_columns.Length];
                for (int i = 0; i < values.Length; i++)
                    values[i] = row[s_columns.Length + i].Parse<double>();
                rows.Add(new UserValues(
                    string.Intern(row[0].ToString()), string.Intern(row[1].ToString()), row[2].ToString(), row[3].Parse<int>(),
                    row[4].ToString(), row[5].Parse<int>(), row[6].Parse<int>(), values));
            }

            return new UserTable([.. names.Skip(s_columns.Length)], rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException
            or NotSupportedException or ArgumentException)
        {
            throw new DataFormatException($"{path}: cannot be read as values of users ({e.Message.ReplaceLineEndings(" ")})", e);
        }
    }

    private static void WriteCsv(Stream output, UserTable table)
    {
        using StreamWriter text = new(output, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        using SepWriter writer = Sep.New(',')
            .Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture, WriteHeader = false })
            .To(text, leaveOpen: true);
        using (SepWriter.Row header = writer.NewRow())
        {
            foreach ((int place, string name) in s_columns.Concat(table.Metrics).Index())
                header[place].Set(name);
        }

        foreach (UserValues user in table.Rows)
        {
            using SepWriter.Row row = writer.NewRow();
            row[0].Set(user.Split);
            row[1].Set(user.Candidates);
            row[2].Set(user.User);
            row[3].Format(user.TrainingRows);
            row[4].Set(user.Item);
            row[5].Format(user.ItemTrainingRows);
            row[6].Format(user.Rank);
            for (int i = 0; i < user.Values.Count; i++)
                row[s_columns.Length + i].Format(user.Values[i]);
        }
    }

    private static async Task WriteParquet(Stream output, UserTable table)
    {
        DataField<string>[] texts =
            [.. ((string[])["split", "candidates", "user", "item"]).Select(name => new DataField<string>(name, nullable: false))];
        DataField<int>[] counts =
            [.. ((string[])["training_rows", "item_training_rows", "rank"]).Select(name => new DataField<int>(name))];
        DataField<double>[] metrics = [.. table.Metrics.Select(name => new DataField<double>(name))];
        Field[] fields = [texts[0], texts[1], texts[2], counts[0], texts[3], counts[1], counts[2], .. metrics];
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), output);
        foreach (UserValues[] rows in table.Rows.Chunk(RowsOfGroup))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(texts[0], [.. rows.Select(row => row.Split)]);
            await group.WriteAsync(texts[1], [.. rows.Select(row => row.Candidates)]);
            await group.WriteAsync(texts[2], [.. rows.Select(row => row.User)]);
            await group.WriteAsync<int>(counts[0], rows.Select(row => row.TrainingRows).ToArray());
            await group.WriteAsync(texts[3], [.. rows.Select(row => row.Item)]);
            await group.WriteAsync<int>(counts[1], rows.Select(row => row.ItemTrainingRows).ToArray());
            await group.WriteAsync<int>(counts[2], rows.Select(row => row.Rank).ToArray());
            for (int i = 0; i < metrics.Length; i++)
                await group.WriteAsync<double>(metrics[i], rows.Select(row => row.Values[i]).ToArray());
            group.CompleteValidate();
        }
    }
}
