// Files of ids are read as they are, and what is no id is told with its line.

using ForecEngine.Recommenders.Data;
using ForecEngine.Tests.Checkpoints;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class IdFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("b\r\na", "b|a")]
    [InlineData("\na\n\na\nb,c \n", "a|b,c ")]
    public void Ids_come_in_the_order_of_the_file_each_once(string text, string expected)
    {
        File.WriteAllText(_directory["ids"], text);
        Assert.Equal(expected.Split('|'), IdFile.Read(_directory["ids"]));
    }

    [Theory]
    [InlineData("", ":1: the file is empty")]
    [InlineData("\n\n", ":1: the file is empty")]
    [InlineData("a\nb\tc\n", ":2: a tab, which no id holds")]
    public void What_is_no_list_of_ids_is_told_with_its_line(string text, string fault)
    {
        File.WriteAllText(_directory["ids"], text);
        string message = Assert.Throws<DataFormatException>(() => IdFile.Read(_directory["ids"])).Message;
        Assert.StartsWith(_directory["ids"] + fault, message, StringComparison.Ordinal);
    }
}
