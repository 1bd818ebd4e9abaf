// Compares files of the repository that describe the program, such as the public API, with the program. One command accepts a change.

using ForecEngine.Tests;
using Xunit;

namespace ForecEngine.Packages.Tests;

internal static class AcceptedFile
{
    private const string Variable = "FORECENGINE_ACCEPT";

    /// <summary>Fails if a file of the repository differs from the text; with FORECENGINE_ACCEPT=1, writes the text to it
    /// instead.</summary>
    public static void Compare(string path, string text)
    {
        string file = RepositoryFiles.At(path), accepted = File.Exists(file) ? File.ReadAllText(file) : "";
        if (accepted == text)
            return;
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        string[] before = accepted.Split('\n'), now = text.Split('\n');
        int line = before.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"""
            {path} is not what it would be now. The first difference is in line {line + 1}:
            - {before.ElementAtOrDefault(line)}
            + {now.ElementAtOrDefault(line)}
            To accept all differences, and see them with git diff:
              {Variable}=1 dotnet test -c Release --project tests/ForecEngine.Packages.Tests
            """);
    }
}
