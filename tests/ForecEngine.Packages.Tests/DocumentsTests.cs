// The documentation shows what the program prints.

using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Packages.Tests;

public sealed class DocumentsTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/quickstart.md")]
    [InlineData("docs/tuning.md")]
    public void A_page_shows_what_its_commands_print(string page)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("the commands are typed into bash");
        using TemporaryDirectory folder = new();
        Directory.CreateSymbolicLink(folder["data"], RepositoryFiles.At("data"));
        string run = ConsoleDocument.Run(File.ReadAllText(RepositoryFiles.At(page)), folder.Root, AppContext.BaseDirectory);
        AcceptedFile.Compare(page, run);
    }

    [Fact]
    public void The_library_code_in_the_readme_is_part_of_a_sample()
    {
        string[] parts = File.ReadAllText(RepositoryFiles.At("README.md")).Split("```csharp\n")[1..];
        string sample = File.ReadAllText(RepositoryFiles.At("samples", "TrainAndScore", "Program.cs"));
        Assert.NotEmpty(parts);
        Assert.All(parts, part => Assert.Contains(part[..part.IndexOf("```", StringComparison.Ordinal)], sample, StringComparison.Ordinal));
    }
}
