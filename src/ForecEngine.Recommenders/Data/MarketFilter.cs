// Filters a market's files and writes one file in XMarket's processed format, as Bonab et al. (CIKM 2021) prepare their data: it keeps
// items with enough rows, then users with enough of the remaining rows, in one pass or several. Only ids and counts are in memory,
// not rows: the files are read once for each count and once more for writing.

namespace ForecEngine.Recommenders.Data;

/// <summary>The fewest rows that items and users must have.</summary>
/// <param name="ItemRows">The fewest rows of an item.</param>
/// <param name="UserRows">The fewest rows of a user.</param>
/// <param name="Passes">The most passes over both; filtering ends before if a pass changes nothing.</param>
public sealed record FilterRule(int ItemRows, int UserRows, int Passes);

/// <summary>The size of a market.</summary>
/// <param name="Users">The number of users with a row.</param>
/// <param name="Items">The number of items with a row.</param>
/// <param name="Ratings">The number of rows.</param>
public readonly record struct MarketSize(int Users, int Items, long Ratings);

/// <summary>Filters a market's files.</summary>
public sealed class MarketFilter
{
    private readonly MarketFiles _files;
    private readonly IdTable _users = new();
    private readonly IdTable _items = new();
    private readonly List<int> _unitsPerSecond = [];
    private readonly bool[] _userKept;
    private readonly bool[] _itemKept;
    private bool _haveTimes = true;
    private bool _areDates = true;

    /// <summary>Reads a market's files and selects its users and items.</summary>
    /// <param name="files">The files.</param>
    /// <param name="rule">Which items and users to keep.</param>
    /// <param name="onlyItems">The items to select from; null for all.</param>
    /// <exception cref="DataFormatException">A file cannot be read, or is a pipe, which cannot be read twice.</exception>
    public MarketFilter(MarketFiles files, FilterRule rule, IdTable? onlyItems = null)
    {
        _files = files;
        int[] itemRows = ReadIds();
        _itemKept = [.. Enumerable.Range(0, _items.Count).Select(item => onlyItems is null || onlyItems.TryFind(_items.Utf8(item), out _))];
        _userKept = new bool[_users.Count];
        _userKept.AsSpan().Fill(true);
        bool changed = true;
        for (int pass = 0; pass < rule.Passes && changed; pass++)
        {
            changed = Drop(_itemKept, pass == 0 ? itemRows : Count(ofItems: true), rule.ItemRows);
            changed |= Drop(_userKept, Count(ofItems: false), rule.UserRows);
        }
    }

    /// <summary>The size before filtering.</summary>
    public MarketSize Before { get; private set; }

    /// <summary>The size of the written file.</summary>
    public MarketSize After { get; private set; }

    /// <summary>The items of the written file.</summary>
    public IdTable Items { get; private set; } = new();

    /// <summary>
    /// Writes the rows of the kept users and items: <c>userId itemId rate date</c>. If every time is a date it is written as a date,
    /// otherwise as seconds since 1970.
    /// </summary>
    /// <param name="output">The stream to write to; it is left open.</param>
    /// <exception cref="DataFormatException">No row is left, an id contains a space, or a file has changed.</exception>
    public void Write(Stream output)
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        using StreamWriter text = new(output, utf8, 1 << 16, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(_haveTimes ? "userId itemId rate date" : "userId itemId rate");
        IdTable users = new();
        Items = new IdTable();
        long ratings = 0;
        Read((rows, user, item, units) =>
        {
            if (!_userKept[user] || !_itemKept[item])
                return;
            if (rows.User.Contains((byte)' ') || rows.Item.Contains((byte)' '))
                throw rows.Fault("an id contains a space, but spaces separate the columns of XMarket's format");
            users.Add(rows.User);
            Items.Add(rows.Item);
            ratings++;
            text.Write($"{_users.Text(user)} {_items.Text(item)} {Encoding.UTF8.GetString(rows.RatingText)}");
            if (_haveTimes)
                text.Write($" {(_areDates ? rows.Time.ToDate() : rows.Time.InUnit(units).ToString())}");
            text.WriteLine();
        });
        After = new MarketSize(users.Count, Items.Count, ratings);
        if (ratings == 0)
            throw new DataFormatException($"{_files.Market}: the filter keeps none of its {Before.Ratings} rows");
    }

    // Indexes users and items, and counts the rows of each item.
    private int[] ReadIds()
    {
        List<int> itemRows = [];
        long ratings = 0;
        foreach (string file in _files.Files)
        {
            using RatingRows rows = new(file, _files.Columns ?? ColumnNames.Usual);
            if (!rows.IsSeekable)
                throw new DataFormatException($"{file}: is a pipe, but has to be read several times; give a file");
            while (rows.TryRead())
            {
                _users.Add(rows.User);
                int item = _items.Add(rows.Item);
                if (item == itemRows.Count)
                    itemRows.Add(0);
                itemRows[item]++;
                ratings++;
                _areDates &= rows.HasDates && rows.Time.IsDate;
            }

            _haveTimes &= rows.HasTimes;
            _unitsPerSecond.Add(rows.UnitsPerSecond);
        }

        Before = new MarketSize(_users.Count, _items.Count, ratings);
        return [.. itemRows];
    }

    // The number of remaining rows of each item or user.
    private int[] Count(bool ofItems)
    {
        int[] counts = new int[ofItems ? _items.Count : _users.Count];
        Read((_, user, item, _) =>
        {
            if (_userKept[user] && _itemKept[item])
                counts[ofItems ? item : user]++;
        });
        return counts;
    }

    private void Read(Action<RatingRows, int, int, int> visit)
    {
        foreach ((string file, int units) in _files.Files.Zip(_unitsPerSecond))
        {
            using RatingRows rows = new(file, _files.Columns ?? ColumnNames.Usual);
            while (rows.TryRead())
            {
                if (!_users.TryFind(rows.User, out int user) || !_items.TryFind(rows.Item, out int item))
                    throw rows.Fault("the file has changed since it was first read");
                visit(rows, user, item, units);
            }
        }
    }

    private static bool Drop(bool[] kept, int[] rows, int least)
    {
        bool changed = false;
        for (int id = 0; id < kept.Length; id++)
        {
            bool drop = kept[id] && rows[id] < least;
            kept[id] &= !drop;
            changed |= drop;
        }

        return changed;
    }
}
