// Files of the repository that tests read where they lie: the fixtures that PyTorch wrote, the golden files.

namespace ForecEngine.Tests;

internal static class RepositoryFiles
{
    /// <summary>The path of a file that is given from the repository's root.</summary>
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
