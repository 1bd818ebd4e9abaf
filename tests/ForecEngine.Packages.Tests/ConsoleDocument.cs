// A page with console blocks of commands and their output. Running the page gives its text with the commands' current output:
//   ```console
//   $ forec stats --markets jp
//   | market | users | ...
//   ```

using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace ForecEngine.Packages.Tests;

internal static partial class ConsoleDocument
{
    // The command that the README uses before the tool is installed; the tests replace it by the built tool.
    private const string FromSource = "dotnet run -c Release --project src/ForecEngine.Cli -- ";
    private const string Begin = "```console", End = "```", Prompt = "$ ";

    /// <summary>Runs the page's commands in order in a folder and returns the page with their output.</summary>
    /// <param name="page">The page.</param>
    /// <param name="folder">Where the commands run.</param>
    /// <param name="tools">The folder of the program <c>forec</c>.</param>
    public static string Run(string page, string folder, string tools)
    {
        List<string> lines = [];
        bool inside = false;
        foreach (string line in page.TrimEnd('\n').Split('\n'))
        {
            inside = line == Begin || (inside && line != End);
            if (!inside || line == Begin)
                lines.Add(line);
            else if (line.StartsWith(Prompt, StringComparison.Ordinal))
                lines.AddRange([line, .. Output(line[Prompt.Length..], folder, tools)]);
        }

        return string.Join('\n', lines) + '\n';
    }

    private static string[] Output(string command, string folder, string tools)
    {
        string script = $"({command.Replace(FromSource, "forec ", StringComparison.Ordinal)}) 2>&1";
        ProcessStartInfo start = new("bash", ["-c", script]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{tools}:{start.Environment["PATH"]}";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash does not start");
        string printed = process.StandardOutput.ReadToEnd().TrimEnd('\n');
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} exits with {process.ExitCode}\n{printed}");

        // The vector width in the output depends on the machine; the numbers do not.
        return printed.Length == 0 ? [] : Vectors().Replace(printed, "cpu:avx512").Split('\n');
    }

    [GeneratedRegex(@"\bcpu:[a-z0-9]+\b")]
    private static partial Regex Vectors();
}
