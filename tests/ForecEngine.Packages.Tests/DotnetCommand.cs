// Runs the dotnet command in a child process.

using System.Diagnostics;
using Xunit;

namespace ForecEngine.Packages.Tests;

internal static class DotnetCommand
{
    /// <summary>Runs dotnet in a folder and returns its output; the test fails if dotnet fails.</summary>
    public static string Run(string folder, params string[] arguments) => RunProgram("dotnet", folder, arguments);

    /// <summary>Runs a program in a folder and returns its standard output; the test fails if the program fails.</summary>
    public static string RunProgram(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Environment variables of the dotnet that runs these tests would misdirect the new one.
        string[] names = [.. start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))];
        foreach (string name in names)
            start.Environment.Remove(name);
        start.Environment.Remove("NUGET_PACKAGES");
        // A build server that outlives the command would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        string printed = output.GetAwaiter().GetResult();
        Assert.True(
            process.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)} exits with {process.ExitCode}\n{printed}{error.GetAwaiter().GetResult()}");
        return printed;
    }
}
