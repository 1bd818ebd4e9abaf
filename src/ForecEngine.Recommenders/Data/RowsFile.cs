// Writes the rows that a model was trained on, beside the model: tab-separated, with a header, in the order in which they were read.
// The column "split" says which part of the split a row is in. RatingsReader reads the file back.

using nietras.SeparatedValues;

namespace ForecEngine.Recommenders.Data;

/// <summary>Writes rows with their parts of the split.</summary>
public static class RowsFile
{
    private static readonly string[] s_names = ["train", "valid", "test", "unused"]; // in the order of RowSplit

    /// <summary>
    /// Writes the file atomically: <c>user</c>, <c>item</c>, <c>rating</c>, <c>time</c> if the rows have times, <c>split</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="splits">The part of the split that each row is in.</param>
    public static void Write(string path, Ratings rows, ReadOnlySpan<RowSplit> splits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(splits.Length, rows.Count);
        RowSplit[] parts = splits.ToArray();
        AtomicFile.Write(path, stream =>
        {
            using StreamWriter text = new(stream, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
            using SepWriter writer = Sep.New('\t')
                .Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture })
                .To(text, leaveOpen: true);
            for (int i = 0; i < rows.Count; i++)
            {
                using SepWriter.Row row = writer.NewRow();
                row["user"].Set(rows.Users.Text(rows.UserOf[i]));
                row["item"].Set(rows.Items.Text(rows.ItemOf[i]));
                row["rating"].Format(rows.Rating[i]);
                if (rows.Time is { } time)
                    row["time"].Set(time[i].ToString());
                row["split"].Set(s_names[(int)parts[i]]);
            }
        });
    }
}
