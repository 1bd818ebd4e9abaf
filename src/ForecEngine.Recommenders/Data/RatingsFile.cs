// Recognises the format of a ratings file by its content, and opens it.
//
//   Parquet             begins with PAR1
//   JSON lines          begins with {, one object per line
//   with a header       the first of tab, comma, semicolon and space that splits the first line into known columns
//   XMarket raw         spaces, no header: user item rating date
//   MovieLens u.data    tabs, no header: user item rating timestamp
//   MovieLens .dat      two colons, no header: user item rating timestamp

using System.Buffers.Text;

namespace ForecEngine.Recommenders.Data;

internal static class RatingsFile
{
    private static readonly string[] s_wsdm = ["userId", "itemId", "rating"];

    /// <summary>Opens a file.</summary>
    public static RowReader Open(string path, ColumnNames names)
    {
        LineReader lines = new(path);
        try
        {
            if (lines.IsParquet)
            {
                if (!lines.IsSeekable)
                    throw new DataFormatException(
                        $"{path}: a Parquet file cannot be read from a pipe, because reading begins at its end; give the file");
                lines.Dispose();
                return ParquetRows.Open(path, names);
            }

            if (!lines.TryRead(out ReadOnlySpan<byte> first))
                throw new DataFormatException(path, 1, "the file is empty; expects a header (userId itemId rate date) and rows");
            return Open(lines, first.ToArray(), names);
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    private static RowReader Open(LineReader lines, byte[] first, ColumnNames names)
    {
        if (first.AsSpan().TrimStart((byte)' ').StartsWith("{"u8))
            return JsonRows.Open(lines, first, names);
        if (first.AsSpan().TrimStart((byte)' ').StartsWith("["u8))
            throw lines.Fault("expects one JSON object per line, without commas between them, got a JSON array");

        string text = Encoding.UTF8.GetString(first);
        string? problem = null;
        foreach (char separator in (ReadOnlySpan<char>)['\t', ',', ';', ' '])
        {
            if (!text.Contains(separator, StringComparison.Ordinal))
                continue;
            string[] fields = separator == ' ' ? text.Split(' ') : CsvRows.SplitHeader(text, separator);
            if (RatingColumns.TryChoose(fields, names, out RatingColumns columns, out string fault))
            {
                return separator == ' ' || fields.Any(RatingColumns.IsTyped) || (separator == '\t' && fields.SequenceEqual(s_wsdm))
                    ? new LineRows(lines, [(byte)separator], fields.Length, first, isHeader: true, columns)
                    : new CsvRows(lines, separator, fields.Length, text, columns);
            }

            if (problem is null && (names != ColumnNames.Usual || RatingColumns.AnyUsual(fields)))
                problem = fault;
        }

        foreach (byte[] separator in (byte[][])[" "u8.ToArray(), "\t"u8.ToArray(), "::"u8.ToArray()])
        {
            if (IsRow(first, separator))
                return new LineRows(lines, separator, 4, first, isHeader: false, RatingColumns.InOrder);
        }

        throw lines.Fault(
            problem ?? "expects a header that names the columns (userId itemId rate date) or a row of user, item, rating and date");
    }

    private static bool IsRow(ReadOnlySpan<byte> line, ReadOnlySpan<byte> separator)
    {
        int count = 0;
        bool numeric = false;
        foreach (Range range in line.Split(separator))
        {
            if (count++ == 2)
                numeric = Utf8Parser.TryParse(line[range], out float _, out int used) && used == line[range].Length;
        }

        return count == 4 && numeric;
    }
}
