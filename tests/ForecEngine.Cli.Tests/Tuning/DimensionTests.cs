// A dimension draws values within its limits, as a function of the seed, the option and the trial.

using System.Globalization;
using System.Text.Json.Nodes;
using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Tuning;
using ForecEngine.Recommenders.Data;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Tuning;

public sealed class DimensionTests
{
    [Property]
    public void Whole_numbers_are_within_their_limits_and_every_one_can_be_drawn(int least, PositiveInt width, bool logarithmic)
    {
        int first = logarithmic ? Math.Abs(least % 100) + 1 : least % 100, most = first + (width.Get % 4) + 1;
        Dimension dimension = Read($$"""{"{{(logarithmic ? "log-integer" : "integer")}}": [{{first}}, {{most}}]}""");
        int[] drawn = [.. Draws(dimension, 500).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(first, most - first + 1), drawn.Distinct().Order());
    }

    [Property]
    public void Numbers_are_within_their_limits_with_four_digits(PositiveInt a, PositiveInt b, bool logarithmic)
    {
        double least = a.Get / 7.0, most = least + (b.Get / 11.0);
        Dimension dimension = Read(string.Create(
            CultureInfo.InvariantCulture, $$"""{"{{(logarithmic ? "log" : "uniform")}}": [{{least}}, {{most}}]}"""));
        foreach (string text in Draws(dimension, 50))
        {
            double number = double.Parse(text, CultureInfo.InvariantCulture);
            Assert.InRange(number, least, most);
            Assert.True(number == least || number == most || text == number.ToString("G4", CultureInfo.InvariantCulture), text);
        }
    }

    [Theory]
    [InlineData("""{"uniform": [0, 1]}""", 0.5)]
    [InlineData("""{"log": [0.0001, 1]}""", 0.01)]
    [InlineData("""{"log-integer": [1, 99]}""", 9)]
    [InlineData("""{"integer": [0, 100]}""", 50)]
    public void Half_of_the_draws_are_below_the_middle_of_the_kind_of_range(string range, double middle)
    {
        double[] drawn = [.. Draws(Read(range), 2000).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).Order()];
        Assert.InRange(drawn[1000], middle * 0.75, middle * 1.25);
    }

    [Fact]
    public void A_choice_takes_values_as_a_command_line_has_them_all_equally_often()
    {
        string[] drawn = [.. Draws(Read("""{"choice": ["a b", 0.0050, true, [16, 8]]}"""), 4000)];
        Assert.All(
            drawn.CountBy(value => value).OrderBy(count => count.Key, StringComparer.Ordinal)
                .Zip((string[])["0.0050", "16,8", "a b", "true"]), count =>
            {
                Assert.Equal(count.Second, count.First.Key);
                Assert.InRange(count.First.Value, 850, 1150);
            });
    }

    [Property]
    public void A_draw_depends_on_the_seed_the_option_and_the_trial_alone(ulong seed)
    {
        Dimension rate = Read("""{"log": [0.001, 1]}"""), again = Read("""{"log": [0.001, 1]}"""), other = Read(
            """{"log": [0.001, 1]}""", "l2");
        string[] drawn = [.. Draws(rate, 20, seed)];
        Assert.Equal(drawn, Enumerable.Range(0, 20).Reverse().Select(trial => again.Draw(seed, trial)).Reverse());
        Assert.NotEqual(drawn, Draws(other, 20, seed));
        Assert.NotEqual(drawn, Draws(rate, 20, seed + 1));
        Assert.True(drawn.Distinct().Count() > 15);
    }

    [Theory]
    [InlineData("""{"lg": [0.1, 1]}""", "space.learning-rate: unknown key 'lg'; did you mean 'log'?")]
    [InlineData("{}", "space.learning-rate: expects one of choice, uniform, log, integer, log-integer")]
    [InlineData("""{"log": [0.1, 1], "uniform": [0, 1]}""", "space.learning-rate: expects one of choice,")]
    [InlineData("""{"log": [0, 1]}""", "space.learning-rate.log: expects a number above 0, got 0")]
    [InlineData("""{"log": [1, 0.1]}""", "space.learning-rate.log: expects [least, most] with least below most, got [1,0.1]")]
    [InlineData("""{"uniform": [1]}""", "space.learning-rate.uniform: expects [least, most]")]
    [InlineData("""{"uniform": ["a", 1]}""", "space.learning-rate.uniform: expects a number, got \"a\"")]
    [InlineData("""{"uniform": [1, 1e999]}""", "space.learning-rate.uniform: expects a number, got 1e999")]
    [InlineData("""{"integer": [1.5, 3]}""", "space.learning-rate.integer: expects a whole number between")]
    [InlineData("""{"integer": [-2147483648, 2147483646]}""", "space.learning-rate.integer: has too many whole numbers")]
    [InlineData("""{"log-integer": [0, 3]}""", "space.learning-rate.log-integer: expects a whole number between 1 and")]
    [InlineData("""{"choice": []}""", "space.learning-rate.choice: expects a list, got []")]
    [InlineData("""{"choice": [1, 1]}""", "space.learning-rate.choice: has 1 twice")]
    [InlineData("""{"choice": [null]}""",
        "space.learning-rate.choice: expects a number, a text, true, false or a list of numbers, got null")]
    [InlineData("""{"choice": 3}""", "space.learning-rate.choice: expects a list, got 3")]
    public void A_range_that_is_wrong_is_refused_with_its_place(string range, string problem)
    {
        DataFormatException refusal = Assert.Throws<DataFormatException>(() => Read(range));
        Assert.StartsWith($"s.json: {problem}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_choice_of_words_knows_the_words_of_the_option() => Assert.Equal(
        "s.json: space.adam.choice: 'lzy' is not one of dense, lazy; did you mean 'lazy'?",
        Assert.Throws<DataFormatException>(() => Read("""{"choice": ["dense", "lzy"]}""", "adam")).Message);

    private static Dimension Read(string range, string option = "learning-rate")
    {
        DeclaredOption declared = SpaceFile.Settings.Single(known => known.Name == option);
        return Dimension.Read(new StrictJson("s.json", JsonNode.Parse(range)!.AsObject(), $"space.{option}"), declared);
    }

    private static IEnumerable<string> Draws(Dimension dimension, int count, ulong seed = 42) =>
        Enumerable.Range(0, count).Select(trial => dimension.Draw(seed, trial));
}
