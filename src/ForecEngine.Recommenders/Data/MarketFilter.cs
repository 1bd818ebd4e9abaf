// A market's files filtered into one of XMarket's processed format, as Bonab et al. (CIKM 2021) prepare their data: items with
// enough rows, then users with enough of the rows that are left, in one pass or several. Rows are never in memory: the files are
// read once for each count and once to write, and what is kept of them are the ids and their counts.

using System.Text;

namespace ForecEngine.Recommenders.Data;

/// <summary>The fewest rows that items and users keep their place with.</summary>
/// <param name="ItemRows">Of an item.</param>
/// <param name="UserRows">Of a user.</param>
/// <param name="Passes">How often both are applied, as long as that changes anything.</param>
public sealed record FilterRule(int ItemRows, int UserRows, int Passes);

/// <summary>How large a market is.</summary>
/// <param name="Users">Users with a row.</param>
/// <param name="Items">Items with a row.</param>
/// <param name="Ratings">Rows.</param>
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

    /// <summary>Reads a market's files and chooses its users and items.</summary>
    /// <param name="files">The files.</param>
    /// <param name="rule">Which items and users stay.</param>
    /// <param name="onlyItems">The items that may stay; null for all.</param>
    /// <exception cref="DataFormatException">A file cannot be read, or not more than once.</exception>
    public MarketFilter(MarketFiles files, FilterRule rule, IdTable? onlyItems = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(rule);
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

    /// <summary>The size of the files.</summary>
    public MarketSize Before { get; private set; }

    /// <summary>The size of what was written.</summary>
    public MarketSize After { get; private set; }

    /// <summary>The items of what was written.</summary>
    public IdTable Items { get; private set; } = new();

    /// <summary>
    /// Writes the rows of users and items that stay: <c>userId itemId rate date</c>, with dates as they are, or seconds
    /// since 1970.
    /// </summary>
    /// <param name="output">Where to; it is left open.</param>
    /// <exception cref="DataFormatException">No row is left, an id holds a blank, or a file is not what it was.</exception>
    public void Write(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
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
                throw rows.Fault("an id holds a blank, which XMarket's format, whose columns are separated by blanks, cannot");
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
            throw new DataFormatException($"{_files.Market}: no rows are left of {Before.Ratings}");
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
                throw new DataFormatException($"{file}: is read several times, which a pipe cannot be; a file is needed");
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

    // The rows of each item, or of each user, that are left.
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

    private void Read(Action<RatingRows, int, int, int> take)
    {
        foreach ((string file, int units) in _files.Files.Zip(_unitsPerSecond))
        {
            using RatingRows rows = new(file, _files.Columns ?? ColumnNames.Usual);
            while (rows.TryRead())
            {
                if (!_users.TryFind(rows.User, out int user) || !_items.TryFind(rows.Item, out int item))
                    throw rows.Fault("the file has changed since it was read before");
                take(rows, user, item, units);
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
