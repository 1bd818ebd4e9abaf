// Reads a market's ratings from one or several files into columns, without allocating an object per row.

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads ratings files: XMarket, WSDM Cup, RecBole, MovieLens, CSV, JSON lines and Parquet (docs/formats.md).</summary>
public static class RatingsReader
{
    /// <summary>Reads the files of a market, one after another.</summary>
    /// <param name="market">The market's name.</param>
    /// <param name="files">The files.</param>
    /// <param name="columns">The names of the columns, for files with a header; null for the usual ones.</param>
    /// <exception cref="DataFormatException">A file cannot be read, or has no rows.</exception>
    public static Ratings Read(string market, IReadOnlyList<string> files, ColumnNames? columns = null)
    {
        Rows rows = new();
        foreach (string file in files)
            rows.Add(file, columns ?? ColumnNames.Usual);
        return rows.ToRatings(market);
    }

    private sealed class Rows
    {
        private readonly IdTable _users = new();
        private readonly IdTable _items = new();
        private readonly Column<int> _userOf = new();
        private readonly Column<int> _itemOf = new();
        private readonly Column<float> _rating = new();
        private readonly Column<Timestamp> _time = new();
        private bool _hasTimes = true;

        public void Add(string file, ColumnNames columns)
        {
            using RatingRows rows = new(file, columns);
            _hasTimes &= rows.HasTimes;
            int before = _userOf.Count;
            while (rows.TryRead())
            {
                _userOf.Add(_users.Add(rows.User));
                _itemOf.Add(_items.Add(rows.Item));
                _rating.Add(rows.Rating);
                _time.Add(rows.Time);
            }

            if (_userOf.Count == before)
                throw new DataFormatException(file, 2, "the file has no rows after the header");
            int units = rows.UnitsPerSecond;
            for (int row = before; units > 1 && row < _time.Count; row++)
                _time[row] = _time[row].InUnit(units);
        }

        public Ratings ToRatings(string market)
        {
            int[] userOf = _userOf.MoveToArray(), itemOf = _itemOf.MoveToArray();
            float[] rating = _rating.MoveToArray();
            Timestamp[]? time = _hasTimes ? _time.MoveToArray() : null;
            return new Ratings
            {
                Market = market,
                Users = _users,
                Items = _items,
                UserOf = userOf,
                ItemOf = itemOf,
                Rating = rating,
                Time = time,
                Digest = RatingsDigest.Of(_users, _items, userOf, itemOf, rating, time),
            };
        }
    }
}
