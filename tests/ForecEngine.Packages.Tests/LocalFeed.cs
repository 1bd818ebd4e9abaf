// A folder of packages, packed once from the built projects, and a nuget.config with no online source: the packages' dependencies come from
// the folder that the solution was restored into.

using ForecEngine.Autodiff;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;

namespace ForecEngine.Packages.Tests;

/// <summary>The packages, packed.</summary>
public sealed class LocalFeed : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>Packs the solution.</summary>
    public LocalFeed()
    {
        DotnetCommand.Run(
            RepositoryFiles.At(), "pack", "ForecEngine.sln", "--no-build", "-c", Configuration, "-o", _directory["feed"]);
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(_directory["nuget.config"], $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <fallbackPackageFolders><add key="restored" value="{restored}" /></fallbackPackageFolders>
              <packageSources><clear /><add key="feed" value="feed" /></packageSources>
            </configuration>
            """);
    }

    /// <summary>The packages' version, which is that of the assemblies.</summary>
    public static string Version { get; } = typeof(Tape).Assembly.GetName().Version!.ToString(3);

    /// <summary>The folder of the packages.</summary>
    public string Packages => _directory["feed"];

    // The build configuration of the tests, from their path bin/CONFIGURATION/FRAMEWORK.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Creates an empty folder below the nuget.config.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_directory[name]).FullName;

    /// <summary>Deletes the folder.</summary>
    public void Dispose() => _directory.Dispose();
}
