// No control character reaches a terminal, and no other character is changed.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class VisibleTextTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Property]
    public bool Nothing_that_moves_or_colours_is_left(string? text) =>
        VisibleText.Of(text ?? "").All(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\u202E' or '\u2066'));

    [Theory]
    [InlineData("B00\u001b[31m", "B00\\u001b[31m")]
    [InlineData("a\u202eb\u2028c\u0085d\u007f", "a\\u202eb\\u2028c\\u0085d\\u007f")]
    [InlineData("日本語 ß", "日本語 ß")]
    public void Control_characters_are_spelt_out(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Names_of_files_and_words_of_the_command_line_come_out_visible()
    {
        string name = tool["bad\u001b]0;x\u0007.txt"];
        File.WriteAllText(name, "userId itemId rate date\nu i \u001b[2J 2020-01-01\n");
        Said bad = tool.Train("--method", "gmf", "--target", $"bad={name}"), odd = ToolRun.Run("stats", "--markets", "a", "\u001b[2J");
        Assert.All((string[])[bad.Error, odd.Error], text => Assert.DoesNotContain(text.TrimEnd('\n'), char.IsControl));
        Assert.Contains("\\u001b[2J", odd.Error, StringComparison.Ordinal);
        Assert.Contains("bad\\u001b]0;x\\u0007.txt:2: ", bad.Error, StringComparison.Ordinal);
    }
}
