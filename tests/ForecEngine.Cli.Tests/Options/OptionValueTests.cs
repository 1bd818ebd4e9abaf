// OptionValue reads numbers exactly and in the same way for every option, or refuses them.

using System.Globalization;
using ForecEngine.Cli.CommandLine;
using ForecEngine.Cli.Options;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests.Options;

public sealed class OptionValueTests
{
    [Property]
    public Property A_number_is_read_exactly() => Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), number =>
        OptionValue.NotNegative("--l2", Text(Math.Abs((float)number.Get)))
            == double.Parse(Text(Math.Abs((float)number.Get)), CultureInfo.InvariantCulture));

    [Property]
    public bool A_whole_number_is_read_exactly(int number) =>
        OptionValue.Between("--epochs", number.ToString(CultureInfo.InvariantCulture), int.MinValue, int.MaxValue) == number;

    [Theory]
    [InlineData("0,005", "--l2: expects a number, got '0,005'; write 0.005")]
    [InlineData("1,5e-3", "--l2: expects a number, got '1,5e-3'; write 1.5e-3")]
    [InlineData("1,000,000", "--l2: expects a number, got '1,000,000'")]
    [InlineData("ten", "--l2: expects a number, got 'ten'")]
    [InlineData("1_0", "--l2: expects a number, got '1_0'")]
    [InlineData(" 1", "--l2: expects a number, got ' 1'")]
    [InlineData("-0.1", "--l2: expects a number of at least 0 that fits in a float, got '-0.1'")]
    [InlineData("1e60", "--l2: expects a number of at least 0 that fits in a float, got '1e60'")]
    public void A_text_that_is_not_an_accepted_number_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<CommandLineException>(() => OptionValue.NotNegative("--l2", text)).Message);

    [Theory]
    [InlineData("ten", "--epochs: expects a whole number, got 'ten'")]
    [InlineData("1,000", "--epochs: expects a whole number, got '1,000'")]
    [InlineData("2.0", "--epochs: expects a whole number, got '2.0'")]
    [InlineData("0", "--epochs: 0 is less than 1")]
    [InlineData("99999999999999999999999", "--epochs: 99999999999999999999999 is not between 1 and 2147483647")]
    public void A_text_that_is_not_an_accepted_whole_number_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<CommandLineException>(() => OptionValue.AtLeast("--epochs", text, 1)).Message);

    [Fact]
    public void List_options_may_be_repeated_and_contain_spaces()
    {
        Assert.Equal(["ca", "uk", "de"], OptionValue.Parts("--source", ["ca, uk", "de"]));
        Assert.Equal([16, 8], OptionValue.Widths("--layers", "16, 8"));
        Assert.Throws<CommandLineException>(() => OptionValue.Parts("--source", ["ca,,uk"]));
    }

    private static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);
}
