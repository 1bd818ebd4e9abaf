// Reads a ratings file row by row and returns fields as text. Derived classes read the formats: lines, CSV, JSON and Parquet.
// RatingColumns says which columns to read, and RatingRows parses their fields.

namespace ForecEngine.Recommenders.Data;

internal abstract class RowReader(RatingColumns columns) : IDisposable
{
    /// <summary>The columns to read.</summary>
    public RatingColumns Columns { get; } = columns;

    /// <summary>The distinct indexes of the columns to read.</summary>
    protected int[] Places { get; } =
        [.. ((int[])[columns.User, columns.Item, columns.Rating, columns.Time]).Where(place => place >= 0).Distinct()];

    /// <summary>Whether the file can be read again, which a pipe cannot.</summary>
    public abstract bool IsSeekable { get; }

    /// <summary>Reads the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    public abstract bool TryRead();

    /// <summary>A field of the row that was read last: UTF-8 text, valid until the next row is read.</summary>
    public abstract ReadOnlySpan<byte> Field(int column);

    /// <summary>A fault at the row that was read last.</summary>
    public abstract DataFormatException Fault(string problem);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);
}
