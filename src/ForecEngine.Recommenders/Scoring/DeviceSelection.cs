// Selects each user's best items on the device that holds the scores. Only the lists are copied to the host.

namespace ForecEngine.Recommenders.Scoring;

/// <summary>Selects items on a device.</summary>
/// <param name="device">The device.</param>
internal sealed class DeviceSelection(IDevice device)
{
    private readonly DeviceArray<int> _ranks = new(device);
    private readonly DeviceArray<int> _nonFinite = new(device);
    private readonly DeviceArray<int> _places = new(device);
    private readonly DeviceArray<Real> _never = new(device);
    private readonly DeviceArray<int> _bestItems = new(device);
    private readonly DeviceArray<Real> _bestScores = new(device);

    /// <summary>Selects the items as <see cref="IScorer.Best"/> describes.</summary>
    /// <param name="scores">A row for each user, a column for each listed item; those of items left out are overwritten.</param>
    /// <param name="listed">The items.</param>
    /// <param name="leftOut">For each user, the indices of the items that must not be recommended.</param>
    public ScoredItem[]?[] Best(Matrix scores, ListedItems listed, IReadOnlyList<IReadOnlyList<int>> leftOut)
    {
        int users = scores.Rows, most = listed.Most;
        Slice<int> ranks = _ranks.Part(listed.Rows.Length), nonFinite = _nonFinite.Part(users), items = _bestItems.Part(users * most);
        Slice<Real> best = _bestScores.Part(users * most);
        ranks.Write(listed.IdRanks);
        device.CountNonFinite(nonFinite, scores); // before the items left out become infinite
        LeaveOut(scores, leftOut);
        device.TopK(scores, ranks, items, new Matrix(best, users, most));

        return Lists(nonFinite, items, best, most);
    }

    /// <summary>Reads lists from the device: for each user null if <paramref name="nonFinite"/> is not 0.</summary>
    public static ScoredItem[]?[] Lists(Slice<int> nonFinite, Slice<int> items, Slice<Real> best, int most)
    {
        int[] counts = new int[nonFinite.Length], found = new int[items.Length];
        Real[] foundScores = new Real[best.Length];
        nonFinite.Read(counts);
        items.Read(found);
        best.Read(foundScores);
        return [.. Enumerable.Range(0, counts.Length).Select(user => counts[user] == 0 ? List(user) : null)];

        ScoredItem[] List(int user)
        {
            ReadOnlySpan<int> list = found.AsSpan(user * most, most);
            int end = list.IndexOf(-1); // fewer than K items remained
            return ListedItems.List(end < 0 ? list : list[..end], foundScores.AsSpan(user * most, most));
        }
    }

    private void LeaveOut(Matrix scores, IReadOnlyList<IReadOnlyList<int>> leftOut)
    {
        int[] places = [.. leftOut.SelectMany((items, user) => items.Select(item => (user * scores.Columns) + Checked(item)))];
        Slice<Real> never = _never.Part(places.Length);
        device.Fill(never, Real.NegativeInfinity);
        device.PutRows(
            new Matrix(never, places.Length, 1), RowIds.Write(_places.Part(places.Length), places),
            new Matrix(scores.Values, scores.Values.Length, 1));

        // An item of another user would be left out silently.
        int Checked(int item) => (uint)item < (uint)scores.Columns
            ? item
            : throw new ArgumentOutOfRangeException(nameof(leftOut), item, $"expects indices of {scores.Columns} items");
    }
}
