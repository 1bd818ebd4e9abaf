// Ranks the users of a market by what is known of them (HistoryRows). With `train+valid`, test ranks each user by the training rows and the
// validation row; the scorer is that of new users with these items, and vectors start from the trained ones.

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Ranks with a model.</summary>
/// <param name="device">The device.</param>
/// <param name="model">The model.</param>
/// <param name="placed">The market and its rows in the model.</param>
/// <param name="history">What is known when test is ranked.</param>
/// <param name="options">The settings of fold-in.</param>
internal sealed class TestRanking(IDevice device, IFittedModel model, PlacedMarket placed, HistoryRows history, FoldInOptions options)
{
    /// <summary>Ranks candidates. Without a validation row nothing more is known than in training.</summary>
    /// <param name="ranker">The ranker.</param>
    /// <param name="lists">The candidates.</param>
    /// <param name="split">The split that they belong to.</param>
    public RankedLists Rank(Ranker ranker, IReadOnlyList<CandidateList> lists, Split split)
    {
        if (history == HistoryRows.Train || split == Split.Valid || placed.Market.Valid.Count == 0)
            return ranker.Rank(model.Scorer(device, placed.Index), placed, lists);
        int[] users = [.. placed.UserRows.Where(row => row >= 0)];
        IScorer scorer = model.Scorer(device, placed.Index, new NewUsers(users, placed.PoolRows(), options));
        int[] places = new int[placed.UserRows.Length];
        places.AsSpan().Fill(-1);
        ItemHistory?[] all = Histories();
        List<ItemHistory> histories = [];
        for (int i = 0; i < lists.Count; i++)
        {
            int user = lists is AllCandidates full ? full.Row(i).User : lists[i].User; // a list of all items takes long to make
            if (all[user] is not { IsEmpty: false } known)
                continue;
            places[user] = histories.Count;
            histories.Add(known);
        }

        return ranker.Rank(scorer.FoldIn(histories), placed with { UserRows = places }, lists);
    }

    // The history of each user of the market, in the order of time; null for a user without a row in the model.
    private ItemHistory?[] Histories()
    {
        Market market = placed.Market;
        ItemHistory?[] histories = new ItemHistory?[placed.UserRows.Length];
        Dictionary<int, HeldOutRow> valid = market.Valid.ToDictionary(row => row.User);
        List<int> positives = [], negatives = [];
        for (int first = 0, end = 0; first < market.TrainUsers.Length; first = end)
        {
            int user = market.TrainUsers[first];
            HeldOutRow? heldOut = valid.TryGetValue(user, out HeldOutRow found) ? found : null;
            for (; end < market.TrainUsers.Length && market.TrainUsers[end] == user; end++)
            {
                if (end - first == heldOut?.TrainedBefore)
                    Add(found.Item, found.Relevance);
                Add(market.TrainItems[end], market.TrainLabels[end]);
            }

            if (end - first == heldOut?.TrainedBefore)
                Add(found.Item, found.Relevance);
            Keep(user);
        }

        // With a fraction of the training rows, a user can have no other row.
        foreach (HeldOutRow row in valid.Values.Where(row => histories[row.User] is null))
        {
            Add(row.Item, row.Relevance);
            Keep(row.User);
        }

        return histories;

        void Keep(int user)
        {
            if (placed.UserRows[user] is >= 0 and int trained)
                histories[user] = new ItemHistory(positives, negatives, market.HasTimes) { TrainedUser = trained };
            positives.Clear();
            negatives.Clear();
        }

        void Add(int item, float label)
        {
            if (placed.ItemRows[item] is >= 0 and int known)
                (label > 0 ? positives : negatives).Add(known);
        }
    }
}
