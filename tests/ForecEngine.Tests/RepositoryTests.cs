// No line of source or documentation is longer than 140 characters, the limit given in CONTRIBUTING.md.

using Xunit;

namespace ForecEngine.Tests;

public sealed class RepositoryTests
{
    private const int Limit = 140;
    private static readonly string[] s_roots = ["bench", "data", "docs", "findings", "kernels", "samples", "src", "tests"];
    private static readonly string[] s_kinds = [".cs", ".csproj", ".md", ".props", ".py", ".sh", ".targets"];

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        IEnumerable<string> files = Files(RepositoryFiles.At()).Concat(s_roots.SelectMany(root => All(RepositoryFiles.At(root))));
        Assert.Empty(files.SelectMany(LongLines));
    }

    private static IEnumerable<string> LongLines(string path) => File.ReadLines(path)
        .Select((line, index) => (line, index))
        .Where(numbered => numbered.line.Length > Limit)
        .Select(numbered => $"{path}:{numbered.index + 1} has {numbered.line.Length} characters");

    private static IEnumerable<string> All(string directory) => Files(directory).Concat(
        Directory.EnumerateDirectories(directory).Where(inner => IsSource(Path.GetFileName(inner))).SelectMany(All));

    // Neither hidden nor an output of tools (.gitignore).
    private static bool IsSource(string name) =>
        !name.StartsWith('.') && name is not ("bin" or "obj" or "artifacts" or "TestResults" or "BenchmarkDotNet.Artifacts");

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(directory).Where(path => s_kinds.Contains(Path.GetExtension(path)));
}
