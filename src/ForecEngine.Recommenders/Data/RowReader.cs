// A ratings file, row by row: what a row's columns say, as text. Where the rows come from - lines, CSV, JSON, Parquet - is
// the business of the classes below it; what the columns mean is RatingColumns' and RatingRows'.

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads a file's rows, of each the fields of some columns.</summary>
/// <param name="columns">The columns that fields are read of.</param>
internal abstract class RowReader(RatingColumns columns) : IDisposable
{
    /// <summary>The columns that fields are read of.</summary>
    public RatingColumns Columns { get; } = columns;

    /// <summary>Their places, each once.</summary>
    protected int[] Places { get; } =
        [.. ((int[])[columns.User, columns.Item, columns.Rating, columns.Time]).Where(place => place >= 0).Distinct()];

    /// <summary>Whether the file can be read again: a pipe cannot.</summary>
    public abstract bool IsSeekable { get; }

    /// <summary>Reads the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DataFormatException">The file is damaged, or the row is not what it should be.</exception>
    public abstract bool TryRead();

    /// <summary>A field of the row that was read last: UTF-8 text, valid until the next row is read.</summary>
    /// <param name="column">The column's place, not negative.</param>
    public abstract ReadOnlySpan<byte> Field(int column);

    /// <summary>A fault at the row that was read last.</summary>
    public abstract DataFormatException Fault(string problem);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);
}
