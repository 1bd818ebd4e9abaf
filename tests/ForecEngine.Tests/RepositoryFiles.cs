// Finds files of the repository that tests read in place, such as fixtures and golden files.

namespace ForecEngine.Tests;

internal static class RepositoryFiles
{
    /// <summary>The full path of a file, given relative to the repository's root.</summary>
    public static string At(params string[] parts)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ForecEngine.sln")))
                return Path.Combine([folder.FullName, .. parts]);
        }

        throw new DirectoryNotFoundException($"no ForecEngine.sln above {AppContext.BaseDirectory}");
    }
}
