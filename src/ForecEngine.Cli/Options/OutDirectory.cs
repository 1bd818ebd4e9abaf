// --out of the verbs that write several files: one process's at a time, and nothing in it is replaced without --force.

namespace ForecEngine.Cli.Options;

internal static class OutDirectory
{
    /// <summary>Takes the directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="terminal">Whose interruption gives it back.</param>
    /// <param name="only">The files that will be written; null for those of a whole run.</param>
    /// <exception cref="IOException">It cannot be written, or another run has it.</exception>
    public static RunDirectory Open(string path, Terminal terminal, IReadOnlyList<string>? only)
    {
        try
        {
            RunDirectory directory = RunDirectory.Open(path, only);
            terminal.Interruption.AtEnd = directory.Dispose;
            return directory;
        }
        catch (IOException exception)
        {
            throw new IOException($"--out: {exception.Message}", exception);
        }
    }

    /// <summary>Fails if files would be replaced without --force.</summary>
    /// <exception cref="IOException">They would.</exception>
    public static void RequireFree(RunDirectory directory, string? path, bool force, string otherwise = "")
    {
        if (!force && directory.Present() is [_, ..] present)
            throw new IOException($"--out: {path}: {string.Join(", ", present)} would be replaced; --force does so{otherwise}");
    }
}
