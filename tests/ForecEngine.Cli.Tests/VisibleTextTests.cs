// VisibleText escapes control characters and changes no other character.

using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Cli.Tests;

public sealed class VisibleTextTests(ToolRun tool) : IClassFixture<ToolRun>
{
    [Property]
    public bool The_result_has_no_control_character(string? text) =>
        VisibleText.Of(text ?? "").All(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\u202E' or '\u2066'));

    [Theory]
    [InlineData("B00\u001b[31m", "B00\\u001b[31m")]
    [InlineData("a\u202eb\u2028c\u0085d\u007f", "a\\u202eb\\u2028c\\u0085d\\u007f")]
    [InlineData("日本語 ß", "日本語 ß")]
    public void Control_characters_are_escaped(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Control_characters_in_file_names_and_arguments_are_escaped_in_messages()
    {
        string name = tool["bad\u001b]0;x\u0007.txt"];
        File.WriteAllText(name, "userId itemId rate date\nu i \u001b[2J 2020-01-01\n");
        Said bad = tool.Train("--method", "gmf", "--target", $"bad={name}"), odd = ToolRun.Run("stats", "--markets", "a", "\u001b[2J");
        Assert.All((string[])[bad.Error, odd.Error], text => Assert.DoesNotContain(text.TrimEnd('\n'), char.IsControl));
        Assert.Contains("\\u001b[2J", odd.Error, StringComparison.Ordinal);
        Assert.Contains("bad\\u001b]0;x\\u0007.txt:2: ", bad.Error, StringComparison.Ordinal);
    }
}
