// The completion scripts are run by bash and zsh.

using System.Diagnostics;
using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Verbs;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class CompletionScriptTests
{
    [Theory]
    [InlineData("forec tr", "train")]
    [InlineData("forec train --met", "--metrics --method")]
    [InlineData("forec train --method nmf", "nmf nmf++ nmf-forec")]
    [InlineData("forec train --method = ddt", "ddtcdr")]
    [InlineData("forec train --preset =", "paper authors-code tuned")]
    [InlineData("forec train --device ", "auto cpu scalar cuda opencl")]
    [InlineData("forec devices --", "--json --help")]
    [InlineData("forec sw", "sweep")]
    [InlineData("forec sweep ", "plan run merge --jobs --retries --executor --partition --cpus --mem --gres --time --max-parallel "
        + "--dry-run --resume --grid --data --columns --out --quiet --json --help")]
    [InlineData("forec sweep merge --", "--out --quiet --json --help")]
    [InlineData("forec sweep plan --data /us", "/usr")]
    [InlineData("forec help ad", "adapt")]
    [InlineData("forec completion ", "bash zsh")]
    [InlineData("forec stats --data /us", "/usr")]
    public void Bash_completes_verbs_options_and_values(string line, string expected)
    {
        string script = $$"""
            {{CompletionScript.For("bash", VerbCatalog.All)}}
            COMP_WORDS=({{line}}{{(line.EndsWith(' ') ? "''" : "")}})
            COMP_CWORD=$((${#COMP_WORDS[@]}-1))
            _forec
            echo "${COMPREPLY[*]}"
            """;
        Assert.Equal(expected, Shell("bash", script));
    }

    [Fact]
    public void Zsh_accepts_its_script() =>
        Shell("zsh", $"compdef() {{ :; }}\n{CompletionScript.For("zsh", VerbCatalog.All)}\n_forec 2> /dev/null || true");

    private static string Shell(string shell, string script)
    {
        ProcessStartInfo start = new(shell) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException($"{shell} does not start");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{shell} is not installed");
            throw;
        }

        using (process)
        {
            process.StandardInput.Write(script);
            process.StandardInput.Close();
            string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0 && error.Length == 0, $"{process.ExitCode}: {error}");
            return output.TrimEnd('\n');
        }
    }
}
