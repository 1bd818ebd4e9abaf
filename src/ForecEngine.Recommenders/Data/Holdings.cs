// The items that each user of a market has, held-out rows included. Recommendations leave these items out, and a new user is
// folded in by them.

namespace ForecEngine.Recommenders.Data;

/// <summary>The items of each user of a market, over all rows.</summary>
public sealed class Holdings
{
    private readonly int[] _starts;
    private readonly int[] _rows;
    private readonly Ratings _ratings;

    /// <summary>Groups a market's rows by user.</summary>
    public Holdings(Ratings ratings)
    {
        _ratings = ratings;
        (_rows, _starts) = ratings.RowsByUser();
    }

    /// <summary>Whether the rows have times.</summary>
    public bool HasTimes => _ratings.Time is not null;

    /// <summary>The market's name.</summary>
    public string Market => _ratings.Market;

    /// <summary>The users, in order of first appearance.</summary>
    public IdTable Users => _ratings.Users;

    /// <summary>
    /// A user's rows, oldest first, or in the order of the file if they have no times: the item, and whether the rating is a positive. An
    /// item may be repeated.
    /// </summary>
    public IEnumerable<(int Item, bool IsPositive)> Of(int user)
    {
        for (int i = _starts[user]; i < _starts[user + 1]; i++)
            yield return (_ratings.ItemOf[_rows[i]], _ratings.Rating[_rows[i]] >= 1);
    }
}
