// The packages, installed with NuGet as by a user.

using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Packages.Tests;

public sealed class PackagesTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private static readonly string[] s_packages =
        ["ForecEngine", "ForecEngine.FsCheck", "ForecEngine.Kernels", "ForecEngine.Kernels.Gpu", "ForecEngine.Recommenders", "forec"];

    [Fact]
    public void Every_package_has_a_description_and_symbols()
    {
        string[] packed = [.. Directory.GetFiles(feed.Packages, "*.nupkg").Select(NameOf).Order(StringComparer.Ordinal)];
        Assert.Equal(s_packages, packed);
        Assert.All(Directory.GetFiles(feed.Packages, "*.nupkg"), file =>
        {
            using ZipArchive package = ZipFile.OpenRead(file), symbols = ZipFile.OpenRead(Path.ChangeExtension(file, ".snupkg"));
            XElement metadata = Manifest(package);
            Assert.Equal("MIT", Value("license"));
            Assert.NotEmpty(Value("description"));
            Assert.NotNull(package.GetEntry(Value("readme")));
            Assert.NotNull(package.GetEntry("LICENSE"));
            Assert.Contains(symbols.Entries, entry => entry.Name == NameOf(file) + ".pdb");

            string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        });
    }

    [Fact]
    public void The_bytes_of_packages_do_not_depend_on_time_and_folder()
    {
        byte[] place = Encoding.UTF8.GetBytes(RepositoryFiles.At());
        Assert.All(Directory.GetFiles(feed.Packages), file =>
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            Assert.All(package.Entries, entry => Assert.Equal(1980, entry.LastWriteTime.Year));
            Assert.All(package.Entries.Where(entry => entry.Name.StartsWith("ForecEngine", StringComparison.Ordinal)), entry =>
            {
                using MemoryStream content = new();
                using (Stream stream = entry.Open())
                    stream.CopyTo(content);
                Assert.Equal(-1, content.ToArray().AsSpan().IndexOf(place));
            });
        });
    }

    [Fact]
    public void The_tool_installs_from_its_package_and_runs_its_demo()
    {
        string tool = feed.NewFolder("tool"), elsewhere = feed.NewFolder("elsewhere");
        DotnetCommand.Run(elsewhere, "tool", "install", "forec", "--tool-path", tool);
        string printed = DotnetCommand.RunProgram(Path.Combine(tool, "forec"), elsewhere, "demo", "--quiet");
        Assert.Contains("nDCG@10 that forec with uk adds to nmf: jp ", printed, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public void A_program_that_references_only_the_packages_trains_a_model()
    {
        string program = feed.NewFolder("program");
        File.Copy(RepositoryFiles.At("samples", "TrainAndScore", "Program.cs"), Path.Combine(program, "Program.cs"));
        File.WriteAllText(Path.Combine(program, "program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ForecEngine.Recommenders" Version="{LocalFeed.Version}" />
              </ItemGroup>
            </Project>
            """);
        DotnetCommand.Run(program, "build", "-o", "built");
        string printed = DotnetCommand.RunProgram(Path.Combine(program, "built", "program"), program, RepositoryFiles.At("data"));
        Assert.Contains("nDCG@10 ", printed, StringComparison.Ordinal);
    }

    private static string NameOf(string file) => Path.GetFileName(file)[..^$".{LocalFeed.Version}.nupkg".Length];

    private static XElement Manifest(ZipArchive package)
    {
        using Stream stream = package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }
}
