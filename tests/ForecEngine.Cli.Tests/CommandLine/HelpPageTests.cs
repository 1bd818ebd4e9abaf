// HelpPage wraps lines at the width, lists required options first, and shows the defaults of the verb.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Verbs;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class HelpPageTests
{
    public static TheoryData<string, int> VerbsAndWidths =>
        [.. VerbCatalog.All.SelectMany(verb => (int[])[60, 80, 110], (verb, width) => (verb.Name, width))];

    [Theory]
    [MemberData(nameof(VerbsAndWidths))]
    public void No_line_exceeds_the_width_and_every_option_is_listed_once(string name, int width)
    {
        DeclaredVerb verb = VerbCatalog.Find(name);
        string[] lines = Page(verb, width).Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.All(verb.Options, option => Assert.Single(lines, line => line.StartsWith($"  --{option.Name}", StringComparison.Ordinal)
            && !char.IsAsciiLetter(line.ElementAtOrDefault(option.Name.Length + 4))
            && line.ElementAtOrDefault(option.Name.Length + 4) != '-'));
        Assert.Contains("Example:", lines);
        Assert.StartsWith($"  forec {verb.Name}", lines[Array.IndexOf(lines, "Example:") + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_those_of_the_verb()
    {
        string train = Page(VerbCatalog.Find("train"), 1000), adapt = Page(VerbCatalog.Find("adapt"), 1000),
            profile = Page(VerbCatalog.Find("profile"), 1000);
        Assert.Matches(@"--epochs N .*\(default: 25\)", train);
        Assert.Matches(@"--epochs N .*\(default: 1\)", profile);
        Assert.Matches(@"--l2 R .*\(default: 1e-7 with paper and authors-code, 0\.0001083 with tuned\)", train);
        Assert.Matches(@"--adapt-on .*\s+.*\(default: valid-held-out with paper, valid with authors-code, train with tuned\)", train);
        Assert.Matches(@"--unfreeze N .*\(default: the checkpoint's own\)", adapt);
        Assert.Matches(@"--unfreeze N .*\(default: 3\)", train);
        Assert.True(train.IndexOf("\n  --method", StringComparison.Ordinal) < train.IndexOf("\n  --source", StringComparison.Ordinal));
    }

    [Fact]
    public void The_help_of_train_names_every_method()
    {
        string train = Page(VerbCatalog.Find("train"), 1000);
        Assert.All(PlanCatalog.Methods, method => Assert.Contains(method, train, StringComparison.Ordinal));
    }

    private static string Page(DeclaredVerb verb, int width)
    {
        using StringWriter text = new() { NewLine = "\n" };
        new HelpPage(text, width).WriteVerb(verb);
        return text.ToString();
    }
}
