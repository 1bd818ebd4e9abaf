// IdTable is compared with a dictionary.

using System.Text;
using ForecEngine.Recommenders.Data;
using FsCheck.Xunit;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Data;

public sealed class IdTableTests
{
    [Property(MaxTest = 300)]
    public void A_table_behaves_like_a_dictionary_that_numbers_ids_in_order_of_first_appearance(byte[][] ids, byte[] other)
    {
        // Only three different bytes, so that ids repeat.
        byte[][] few = [.. ids.Select(id => Array.ConvertAll(id, b => (byte)(b % 3)))];
        IdTable table = new();
        Dictionary<string, int> dictionary = [];
        foreach (byte[] id in few)
        {
            string key = Convert.ToHexString(id);
            dictionary.TryAdd(key, dictionary.Count);
            Assert.Equal(dictionary[key], table.Add(id));
        }

        Assert.Equal(dictionary.Count, table.Count);
        foreach ((string key, int index) in dictionary)
        {
            Assert.Equal(key, Convert.ToHexString(table.Utf8(index)));
            Assert.True(table.TryFind(Convert.FromHexString(key), out int found));
            Assert.Equal(index, found);
        }

        Assert.Equal(dictionary.ContainsKey(Convert.ToHexString(other)), table.TryFind(other, out _));
        string[] sorted = [.. dictionary.Keys.Order(StringComparer.Ordinal)];
        int[] ranks = table.Ranks();
        Assert.All(dictionary, id => Assert.Equal(id.Key, sorted[ranks[id.Value]]));
    }

    [Fact]
    public void Many_ids_keep_their_indexes_while_the_table_grows()
    {
        IdTable table = new();
        for (int i = 0; i < 20_000; i++)
            Assert.Equal(i, table.Add($"id-{i}"));
        for (int i = 0; i < 20_000; i++)
        {
            Assert.Equal(i, table.Add($"id-{i}"));
            Assert.Equal($"id-{i}", table.Text(i));
        }

        Assert.False(table.TryFind("id-20000", out _));
    }

    [Fact]
    public void Ranks_follow_the_order_of_bytes_as_in_strcmp()
    {
        IdTable table = new();
        foreach (string id in (string[])["b", "B", "a10", "a9", "é", "", "a"])
            table.Add(id);
        Assert.Equal([5, 1, 3, 4, 6, 0, 2], table.Ranks());
    }

    [Fact]
    public void Ids_may_be_any_Unicode_text()
    {
        IdTable table = new();
        int index = table.Add("日本-ü");
        Assert.Equal("日本-ü", table.Text(index));
        Assert.True(table.TryFind(Encoding.UTF8.GetBytes("日本-ü"), out int found));
        Assert.Equal(index, found);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void An_index_out_of_range_is_refused(int index)
    {
        IdTable table = new();
        table.Add("only");
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Text(index));
    }
}
