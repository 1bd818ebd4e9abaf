// Reads the finished cells of a sweep, each once: a page of a running sweep is made anew whenever a cell has finished.

using ForecEngine.Cli.Sweeps;

namespace ForecEngine.Cli.Reports;

/// <summary>The finished cells of a sweep.</summary>
/// <param name="sweep">The folder of the sweep.</param>
internal sealed class FinishedCells(string sweep)
{
    private readonly UserPool _users = new();
    private readonly Dictionary<(string Digest, bool WithUsers), (DateTime Written, CellValues Values)> _known = [];

    /// <summary>The files of the sweep.</summary>
    public SweepFolder Folder { get; } = new(sweep);

    /// <summary>The values of a cell; null if it has not finished.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="withUsers">Whether to read the values of users.</param>
    /// <exception cref="DataFormatException">A file is damaged.</exception>
    public CellValues? Of(SweepTask cell, bool withUsers)
    {
        DateTime written = File.GetLastWriteTimeUtc(RunDirectory.ResultPath(Folder.CellOf(cell)));
        if (_known.TryGetValue((cell.Digest, withUsers), out var known) && known.Written == written)
            return known.Values;
        if (Folder.Result(cell) is not { } result)
            return null;
        CellValues values = CellValues.Read(Folder.CellOf(cell), result, withUsers ? _users : null);
        _known[(cell.Digest, withUsers)] = (written, values);
        return values;
    }
}
