// Recommendation lists of a trained model: selects the users and the candidate items, and counts what is left out. Customers without a row
// in the model are folded in by their items. If the protocol knows more of a user than the training rows (HistoryRows), all customers are
// scored by all their items.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>The lists of a request.</summary>
public sealed class Recommendation
{
    private readonly Holdings _holdings;
    private readonly ListRequest _request;
    private readonly IScorer _scorer;
    private readonly int[] _userRows;
    private readonly int[] _itemRows;
    private readonly int[] _places;
    private readonly int[] _listedRows;
    private readonly IdTable _listed = new();
    private readonly TableIds _ids;
    private readonly bool _byAllItems;
    private readonly IReadOnlyList<Asked> _asked;
    private readonly IReadOnlyList<ListedUser> _strangers;

    /// <summary>Prepares lists.</summary>
    /// <param name="trained">The model.</param>
    /// <param name="target">The market's rows, which have its users and their items.</param>
    /// <param name="request">The requested lists.</param>
    /// <param name="further">More candidate items, known from training; null for none.</param>
    /// <exception cref="DataFormatException">The market or a user is unknown, or no item is left to recommend.</exception>
    public Recommendation(TrainedModel trained, Ratings target, ListRequest request, IdTable? further = null)
    {
        (_holdings, _request, _byAllItems) = (new Holdings(target), request, trained.History == HistoryRows.TrainAndValid);
        TableIds ids = _ids = trained.Ids;
        if (ids.Market(target.Market) < 0)
        {
            throw new DataFormatException(
                $"{target.Market}: the model was not trained on this market; it knows {string.Join(", ", ids.MarketNames)}");
        }

        (_userRows, _itemRows) = (ids.UserRows(target.Market, target.Users), ids.ItemRows(target.Items));
        _places = new int[ids.Items];
        _places.AsSpan().Fill(-1);

        ItemsWithoutRow = _itemRows.Count(row => row < 0);
        string[] known = [.. Ids(target.Items).Union(Ids(further), StringComparer.Ordinal).Where(id => ids.ItemRow(id) >= 0)];
        if (known.Length == 0)
            throw new DataFormatException($"{target.Market}: the model knows none of its {target.Items.Count} items");
        _scorer = trained.Scorer(target.Market, [.. known.Select(ids.ItemRow)]);
        List<int> listed = [];
        if (request.OnlyItems is null)
        {
            foreach (string item in known)
                List(item, ids.ItemRow(item));
        }
        else
        {
            ListOnly(request.OnlyItems);
        }

        _listedRows = [.. listed];
        _asked = [.. request.Users.Distinct(StringComparer.Ordinal).Select(Find)];
        _strangers = [.. request.NewCustomers.Select((items, number) => Stranger($"items:{number + 1}", items))];

        static IEnumerable<string> Ids(IdTable? items) => Enumerable.Range(0, items?.Count ?? 0).Select(item => items?.Text(item) ?? "");

        void List(string id, int row)
        {
            _places[row] = listed.Count;
            _listed.Add(id);
            listed.Add(row);
        }

        void ListOnly(IReadOnlyList<string> only)
        {
            HashSet<string> own = new(known, StringComparer.Ordinal);
            foreach (string id in only.Distinct(StringComparer.Ordinal))
            {
                // If the markets share item vectors, an item that only other markets have can be scored too.
                int row = trained.SharesItems || own.Contains(id) ? ids.ItemRow(id) : -1;
                if (row >= 0)
                    List(id, row);
                else
                    UnknownOnlyItems++;
            }

            if (listed.Count == 0)
            {
                throw new DataFormatException(
                    $"{target.Market}: the model knows none of the {UnknownOnlyItems} items to recommend");
            }
        }

        Asked Find(string id)
        {
            if (target.Users.TryFind(id, out int user))
                return new Asked(id, user);
            return ids.UserRow(target.Market, id) >= 0
                ? new Asked(id, User: -1)
                : throw new DataFormatException($"{target.Market}: user {id} is neither in the rows nor in the model");
        }
    }

    /// <summary>The number of lists.</summary>
    public int Lists { get; private set; }

    /// <summary>The number of lists of customers without a row in the model.</summary>
    public int FoldedIn { get; private set; }

    /// <summary>The number of customers without a list because the model has neither a row for them nor any of their items.</summary>
    public int WithoutKnownItems { get; private set; }

    /// <summary>The number of users without a list because they have all candidate items.</summary>
    public int NothingLeft { get; private set; }

    /// <summary>The number of the market's items without a row in the model; they are never recommended.</summary>
    public int ItemsWithoutRow { get; }

    /// <summary>The number of requested candidate items that the model does not know.</summary>
    public int UnknownOnlyItems { get; private set; }

    /// <summary>The number of new customers' items that the model does not know.</summary>
    public int UnknownNewItems { get; private set; }

    /// <summary>The number of candidate items.</summary>
    public int Items => _listedRows.Length;

    /// <summary>The number of users.</summary>
    public int Users => Everybody ? _holdings.Users.Count : _asked.Count + _strangers.Count;

    private bool Everybody => _asked.Count == 0 && _strangers.Count == 0;

    /// <summary>The id of a list's item.</summary>
    public string Item(int place) => _listed.Text(place);

    /// <summary>Makes the lists block by block when requested; the counts are complete after the last list.</summary>
    /// <param name="threads">The number of threads that select items.</param>
    /// <exception cref="ArithmeticException">A score is not finite.</exception>
    public IEnumerable<TopList> Make(int threads)
    {
        IEnumerable<ListedUser> users = (Everybody ? All() : _asked).Select(Listed).OfType<ListedUser>().Concat(_strangers);
        foreach (TopList list in new TopLists(_scorer, _listedRows, _listed.Ranks(), _request.Most, threads).Make(users))
        {
            if (list.Items.Count == 0)
                NothingLeft++;
            else
                Lists++;
            yield return list;
        }
    }

    private IEnumerable<Asked> All() =>
        Enumerable.Range(0, _holdings.Users.Count).Select(user => new Asked(_holdings.Users.Text(user), user));

    // Null for a customer without a row and without any item that the model knows.
    private ListedUser? Listed(Asked asked)
    {
        if (asked.User < 0)
            return new ListedUser(asked.Id, _ids.UserRow(_holdings.Market, asked.Id), null, []);
        int row = _userRows[asked.User];
        (int Row, bool IsPositive)[] known =
            [.. _holdings.Of(asked.User).Select(held => (Row: _itemRows[held.Item], held.IsPositive)).Where(held => held.Row >= 0)];
        if (row < 0 && known.Length == 0)
        {
            WithoutKnownItems++;
            return null;
        }

        ItemHistory? history = null;
        FoldedIn += row < 0 ? 1 : 0;
        if (row < 0 || (_byAllItems && known.Length > 0))
        {
            history = new ItemHistory(
                known.Where(held => held.IsPositive).Select(held => held.Row),
                known.Where(held => !held.IsPositive).Select(held => held.Row), _holdings.HasTimes)
            {
                TrainedUser = row < 0 ? null : row,
            };
        }

        return new ListedUser(asked.Id, row, history, LeftOut(known.Select(held => held.Row)));
    }

    private ListedUser Stranger(string name, IReadOnlyList<string> items)
    {
        int[] rows = [.. items.Distinct(StringComparer.Ordinal).Select(_ids.ItemRow).Where(row => row >= 0)];
        if (rows.Length == 0)
            throw new DataFormatException($"{_holdings.Market}: the model knows none of the items {string.Join(", ", items)}");
        UnknownNewItems += items.Distinct(StringComparer.Ordinal).Count() - rows.Length;
        FoldedIn++;
        return new ListedUser(name, -1, new ItemHistory(rows, [], isTimed: true), LeftOut(rows));
    }

    private int[] LeftOut(IEnumerable<int> rows) =>
        _request.IncludeSeen ? [] : [.. rows.Select(row => _places[row]).Where(place => place >= 0)];

    /// <summary>A requested user, with the index among the users of the rows; -1 if the user is only in the model.</summary>
    private readonly record struct Asked(string Id, int User);
}
