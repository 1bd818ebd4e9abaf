// --out of verbs that write several files: used by one process at a time; files are replaced only with --force.

namespace ForecEngine.Cli.Options;

internal static class OutDirectory
{
    /// <summary>Locks the directory.</summary>
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
    public static void RequireFree(RunDirectory directory, string? path, bool force, string otherwise = "")
    {
        if (!force && directory.Present() is [_, ..] present)
            throw new IOException($"--out: {path}: {string.Join(", ", present)} would be replaced; --force does so{otherwise}");
    }
}
