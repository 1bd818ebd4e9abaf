// Maps the rows of a model's tables to ids, in a text file beside the checkpoint with a line for each row, in the order of the rows:
// `market<TAB>NAME` for markets, `user<TAB>MARKET<TAB>ID` for users and `item<TAB>ID` for items. In a file without market lines,
// markets are in the order in which the user lines name them.

namespace ForecEngine.Recommenders.Data;

/// <summary>Maps table rows to market, user and item ids.</summary>
public sealed class TableIds
{
    private readonly IdTable _markets = new();
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
            _markets.Add(placed.Market.Name);
            for (int user = 0; user < placed.Market.UsersWithRows; user++)
                _users.Add(Key(placed.Market.Name, placed.Market.Users.Utf8(user)));
        }

        for (int item = 0; item < union.Items.Count; item++)
            _items.Add(union.Items.Utf8(item));
    }

    /// <summary>The number of markets.</summary>
    public int Markets => _markets.Count;

    /// <summary>The number of users.</summary>
    public int Users => _users.Count;

    /// <summary>The number of items.</summary>
    public int Items => _items.Count;

    /// <summary>The rows of a market's users and items; -1 for those without a row.</summary>
    public PlacedMarket Place(Market market) =>
        new(market, UserRows(market.Name, market.Users), ItemRows(market.Items), Market(market.Name));

    /// <summary>The names of the markets, by index.</summary>
    public IReadOnlyList<string> MarketNames => [.. Enumerable.Range(0, _markets.Count).Select(_markets.Text)];

    /// <summary>A market's index; -1 if there is no market of that name.</summary>
    public int Market(string name) => _markets.TryFind(name, out int index) ? index : -1;

    /// <summary>The place of each item, by row, in the order of ids.</summary>
    public int[] ItemRanks() => _items.Ranks();

    /// <summary>The row of a market's user; -1 if there is none.</summary>
    public int UserRow(string market, string user) => UserRow(market, Encoding.UTF8.GetBytes(user));

    /// <summary>The row of an item; -1 if there is none.</summary>
    public int ItemRow(string item) => _items.TryFind(item, out int row) ? row : -1;

    /// <summary>The rows of a market's users; -1 for those without a row.</summary>
    public int[] UserRows(string market, IdTable users) =>
        [.. Enumerable.Range(0, users.Count).Select(user => UserRow(market, users.Utf8(user)))];

    /// <summary>The rows of items; -1 for those without a row.</summary>
    public int[] ItemRows(IdTable items) =>
        [.. Enumerable.Range(0, items.Count).Select(item => _items.TryFind(items.Utf8(item), out int row) ? row : -1)];

    /// <summary>The rows of all users of a market.</summary>
    public int[] UserRows(string market)
    {
        byte[] prefix = Key(market, []);
        return [.. Enumerable.Range(0, _users.Count).Where(row => _users.Utf8(row).StartsWith(prefix))];
    }

    /// <summary>Writes the file atomically.</summary>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        for (int market = 0; market < _markets.Count; market++)
            Line("market\t"u8, _markets.Utf8(market));
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
    /// <exception cref="DataFormatException">A line is malformed, or repeats an id.</exception>
    public static TableIds Read(string path)
    {
        TableIds ids = new();
        using LineReader reader = new(path);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> kind = line[..(line.IndexOf((byte)'\t') + 1)], key = line[kind.Length..];
            (IdTable? table, int tabs) = kind switch
            {
                _ when kind.SequenceEqual("market\t"u8) => (ids._markets, 0),
                _ when kind.SequenceEqual("user\t"u8) => (ids._users, 1),
                _ when kind.SequenceEqual("item\t"u8) => (ids._items, 0),
                _ => (null, 0),
            };
            int tab = key.IndexOf((byte)'\t');
            if (table is null || key.IsEmpty || key.Count((byte)'\t') != tabs || tab == 0 || tab == key.Length - 1)
                throw reader.Fault("expects 'market<TAB>NAME', 'user<TAB>MARKET<TAB>ID' or 'item<TAB>ID'");
            int before = table.Count;
            if (table.Add(key) != before)
                throw reader.Fault($"{LineReader.Quote(kind[..^1])} {LineReader.Quote(key[(tab + 1)..])} is listed twice");
            if (tab > 0)
                ids._markets.Add(key[..tab]);
        }

        return ids;
    }

    private int UserRow(string market, ReadOnlySpan<byte> user) => _users.TryFind(Key(market, user), out int row) ? row : -1;

    private static byte[] Key(string market, ReadOnlySpan<byte> user) => [.. Encoding.UTF8.GetBytes(market), (byte)'\t', .. user];
}
