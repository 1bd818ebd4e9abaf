// The tool run as a user runs it, on small synthetic markets in a directory of the test's own.

using System.Text.Json.Nodes;
using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Cli.Tests;

/// <summary>What a run said and returned.</summary>
internal sealed record Said(int Status, string Output, string Error)
{
    /// <summary>That it went well.</summary>
    public Said Done()
    {
        Assert.True(Status == 0, $"{Status}: {Error}");
        return this;
    }

    /// <summary>That it failed with one line on standard error, which says <paramref name="parts"/>, and nothing on standard output.</summary>
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

/// <summary>A directory with the synthetic markets jp, in and uk, smallest size.</summary>
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

    /// <summary>Trains for an epoch on the markets here.</summary>
    internal Said Train(params string[] more)
    {
        return Run(
        ["train", "--data", Root, "--quiet", .. Unless("--target", "jp"), .. Unless("--epochs", "1"), .. Unless("--threads", "1"), .. more]);

        string[] Unless(string option, string value) => more.Contains(option) ? [] : [option, value];
    }

    internal JsonObject Json(string name) => JsonNode.Parse(File.ReadAllText(this[name]))!.AsObject();
}
