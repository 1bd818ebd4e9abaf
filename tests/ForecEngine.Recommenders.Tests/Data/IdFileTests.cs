// IdFile reads the ids of a file without changing them, and names the line of an invalid id.

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
    public void Ids_are_returned_once_each_in_the_order_of_the_file(string text, string expected)
    {
        File.WriteAllText(_directory["ids"], text);
        Assert.Equal(expected.Split('|'), IdFile.Read(_directory["ids"]));
    }

    [Theory]
    [InlineData("", ":1: the file is empty")]
    [InlineData("\n\n", ":1: the file is empty")]
    [InlineData("a\nb\tc\n", ":2: the line contains a tab")]
    public void An_empty_file_and_a_line_that_is_not_an_id_are_refused(string text, string fault)
    {
        File.WriteAllText(_directory["ids"], text);
        string message = Assert.Throws<DataFormatException>(() => IdFile.Read(_directory["ids"])).Message;
        Assert.StartsWith(_directory["ids"] + fault, message, StringComparison.Ordinal);
    }
}
