// Whose the rows of a model's tables are, as a text file beside its checkpoint: a line a row, in the order of the rows,
// `user<TAB>MARKET<TAB>ID` for users and `item<TAB>ID` for items.

using System.Text;
using ForecEngine.Checkpoints;

namespace ForecEngine.Recommenders.Data;

/// <summary>The ids of a model's rows.</summary>
public sealed class TableIds
{
    private readonly IdTable _users = new();
    private readonly IdTable _items = new();

    private TableIds()
    {
    }

    /// <summary>The ids of a union's rows.</summary>
    public TableIds(MarketUnion union)
    {
        foreach (PlacedMarket placed in union.Markets)
        {
            for (int user = 0; user < placed.Market.Users.Count; user++)
                _users.Add(Key(placed.Market.Name, placed.Market.Users.Utf8(user)));
        }

        for (int item = 0; item < union.Items.Count; item++)
            _items.Add(union.Items.Utf8(item));
    }

    /// <summary>How many users.</summary>
    public int Users => _users.Count;

    /// <summary>How many items.</summary>
    public int Items => _items.Count;

    /// <summary>A market's rows among these ids; -1 for users and items that have none.</summary>
    public PlacedMarket Place(Market market)
    {
        int[] userRows = new int[market.Users.Count], itemRows = new int[market.Items.Count];
        for (int user = 0; user < userRows.Length; user++)
            userRows[user] = _users.TryFind(Key(market.Name, market.Users.Utf8(user)), out int row) ? row : -1;
        for (int item = 0; item < itemRows.Length; item++)
            itemRows[item] = _items.TryFind(market.Items.Utf8(item), out int row) ? row : -1;
        return new PlacedMarket(market, userRows, itemRows);
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        for (int user = 0; user < _users.Count; user++)
            Line("user\t"u8, _users.Utf8(user));
        for (int item = 0; item < _items.Count; item++)
            Line("item\t"u8, _items.Utf8(item));

        void Line(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> id)
        {
            stream.Write(kind);
            stream.Write(id);
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>Reads the file.</summary>
    /// <exception cref="DataFormatException">A line is not one of a user or an item, or repeats one.</exception>
    public static TableIds Read(string path)
    {
        TableIds ids = new();
        using LineReader reader = new(path);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            bool isUser = line.StartsWith("user\t"u8);
            ReadOnlySpan<byte> key = isUser || line.StartsWith("item\t"u8) ? line[5..] : default;
            int tab = key.IndexOf((byte)'\t');
            if (key.IsEmpty || (isUser ? tab < 1 || tab == key.Length - 1 || key[(tab + 1)..].Contains((byte)'\t') : tab >= 0))
                throw reader.Fault("neither 'user<TAB>MARKET<TAB>ID' nor 'item<TAB>ID'");
            IdTable table = isUser ? ids._users : ids._items;
            int before = table.Count;
            if (table.Add(key) != before)
                throw reader.Fault($"{(isUser ? "user" : "item")} {LineReader.Quote(key[(tab + 1)..])} has a row already");
        }

        return ids;
    }

    private static byte[] Key(string market, ReadOnlySpan<byte> user) => [.. Encoding.UTF8.GetBytes(market), (byte)'\t', .. user];
}
