// ArgumentParser accepts arguments exactly as written, or refuses them by name.

using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Options;
using ForecEngine.Cli.Verbs;
using Xunit;

namespace ForecEngine.Cli.Tests.CommandLine;

public sealed class ArgumentParserTests
{
    [Fact]
    public void Values_follow_their_option_or_an_equals_sign()
    {
        TrainArguments arguments = (TrainArguments)Parse(
            "train", "--method=gmf", "--target", "x=a=b.csv", "--trec", "--json", "-", "--l2", "-1", "--out=--odd");
        Assert.Equal(("gmf", "x=a=b.csv", true, "-", "-1", "--odd"),
            (arguments.Method, arguments.Target, arguments.Trec, arguments.Json, arguments.L2, arguments.Out));
    }

    [Theory]
    [InlineData("@/etc/hostname")]
    [InlineData("[parse]")]
    [InlineData("-abc")]
    [InlineData("\"q\"")]
    [InlineData("stats")]
    [InlineData("x:y=z")]
    public void A_value_is_accepted_as_it_is_written(string value)
    {
        Assert.Equal([value], ((StatsArguments)Parse("stats", "--markets", value)).Markets);
        Assert.Equal([value], ((StatsArguments)Parse("stats", $"--markets={value}")).Markets);
    }

    [Fact]
    public void A_list_option_may_be_given_several_times() =>
        Assert.Equal(["ca", "uk, de"],
            ((TrainArguments)Parse("train", "--method", "gmf++", "--target", "jp", "--source", "ca", "--source", "uk, de")).Source);

    [Theory]
    [InlineData("devices --json", "--json needs a value: --json FILE")]
    [InlineData("stats --markets --quiet", "--markets needs a value: --markets M[,M...]")]
    [InlineData("stats --markets=", "--markets: the value is empty")]
    [InlineData("stats --data a --data b --markets x", "--data is given twice")]
    [InlineData("stats --markets x --quiet=no", "--quiet takes no value, got 'no'")]
    [InlineData("stats --markets x --quiet no", "unexpected argument 'no': --quiet takes no value")]
    [InlineData("stats x", "unexpected argument 'x'")]
    [InlineData("stats -x", "stats has no option -x; see 'forec stats --help'")]
    [InlineData("stats --marktes x", "stats has no option --marktes; did you mean '--markets'?; see 'forec stats --help'")]
    [InlineData("stats --markets x --json --typo", "stats has no option --typo; see 'forec stats --help'")]
    [InlineData("stats --markets x --json= y", "--json: the value is empty")]
    [InlineData("stats --markets x --quiet=", "--quiet takes no value, got ''")]
    [InlineData("stats --markets x --quiet --quiet", "--quiet is given twice")]
    [InlineData("stats --markets x --markets", "--markets needs a value: --markets M[,M...]")]
    [InlineData("stats --markets x --json y x", "unexpected argument 'x'")]
    [InlineData("stats --json=--data x", "unexpected argument 'x'")]
    [InlineData("stats --markets x --json:y", "stats has no option --json:y; see 'forec stats --help'")]
    [InlineData("stats --markets x --", "stats has no option --; see 'forec stats --help'")]
    [InlineData("stats [parse] --markets x", "unexpected argument '[parse]'")]
    [InlineData("stats stats --markets x", "unexpected argument 'stats'")]
    [InlineData("stats", "--markets M[,M...] is missing; see 'forec stats --help'")]
    public void Arguments_that_a_verb_does_not_accept_are_refused(string line, string message)
    {
        string[] words = line.Split(' ');
        Assert.Equal(message, Assert.Throws<CommandLineException>(() => Parse(words[0], words[1..])).Message);
    }

    [Fact]
    public void Every_option_has_a_unique_name_and_a_description()
    {
        foreach (DeclaredVerb verb in VerbCatalog.All)
        {
            Assert.Equal(verb.Options.Select(option => option.Name).Distinct(), verb.Options.Select(option => option.Name));
            Assert.All(verb.Options, option => Assert.EndsWith(".", option.HelpText, StringComparison.Ordinal));
            Assert.All(verb.Options, option => Assert.Equal(option.IsSwitch, option.MetaValue.Length == 0));
        }
    }

    private static CommonArguments Parse(string verb, params string[] words) => ArgumentParser.Parse(VerbCatalog.Find(verb), words);
}
