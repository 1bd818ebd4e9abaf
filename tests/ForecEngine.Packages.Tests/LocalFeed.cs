// A folder of packages, packed once from what is built, and a nuget.config that knows no other source: what the packages depend on
// comes from the folder into which the solution was restored.

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

    /// <summary>The packages' version: that of the assemblies, which are built with them.</summary>
    public static string Version { get; } = typeof(Tape).Assembly.GetName().Version!.ToString(3);

    /// <summary>Where the packages are.</summary>
    public string Packages => _directory["feed"];

    // The configuration that the tests are built in: their program is in bin/CONFIGURATION/FRAMEWORK.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Makes an empty folder, below the nuget.config.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_directory[name]).FullName;

    /// <summary>Deletes the folder.</summary>
    public void Dispose() => _directory.Dispose();
}
