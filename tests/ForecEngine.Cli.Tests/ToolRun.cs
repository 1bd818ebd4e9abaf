// Runs the tool like a user, on small synthetic markets in a temporary directory.

using System.Text.Json.Nodes;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

/// <summary>The exit status and output of a run.</summary>
internal sealed record Said(int Status, string Output, string Error)
{
    /// <summary>Asserts that the run succeeded.</summary>
    public Said Done()
    {
        Assert.True(Status == 0, $"{Status}: {Error}");
        return this;
    }

    /// <summary>Asserts a failure with one line on standard error that contains <paramref name="parts"/>, and no standard output.</summary>
    public void Failed(int status, params string[] parts)
    {
        Assert.True(Status == status, $"{Status} where {status} was expected: {Error}{Output}");
        Assert.StartsWith("forec: ", Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", Error, StringComparison.Ordinal);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, Error, StringComparison.Ordinal));
        Assert.Empty(Output);
    }
}

/// <summary>A directory with the synthetic markets jp, in and uk in the smallest size.</summary>
public sealed class ToolRun : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public ToolRun()
    {
        foreach (SyntheticMarket market in SyntheticMarket.XMarket(0.01, "in", "jp", "uk"))
        {
            using FileStream file = File.Create(this[market.FileName]);
            SyntheticMarkets.Write(market, 1, file);
        }
    }

    public string Root => _directory.Root;

    public string this[string name] => _directory[name];

    public void Dispose() => _directory.Dispose();

    internal static Said Run(params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int status = ForecTool.Run(args, output, error);
        return new Said(status, output.ToString(), error.ToString());
    }

    /// <summary>Trains on the markets in the directory; unless given, the target is jp, and one epoch runs on one thread.</summary>
    internal Said Train(params string[] more)
    {
        string[] defaults = [.. Unless("--target", "jp"), .. Unless("--epochs", "1"), .. Unless("--threads", "1")];
        return Run(["train", "--data", Root, "--quiet", .. defaults, .. more]);

        string[] Unless(string option, string value) => more.Contains(option) ? [] : [option, value];
    }

    internal JsonObject Json(string name) => JsonNode.Parse(File.ReadAllText(this[name]))!.AsObject();
}
