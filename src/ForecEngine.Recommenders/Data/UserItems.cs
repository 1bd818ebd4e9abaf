// The distinct items of each user, stored for millions of users in one list.

using System.Runtime.InteropServices;

namespace ForecEngine.Recommenders.Data;

internal sealed class UserItems
{
    private readonly List<int> _items = [];
    private readonly List<int> _starts = [0];

    /// <summary>A user's items; empty for a user that was not added.</summary>
    public ReadOnlySpan<int> Of(int user) =>
        user < _starts.Count - 1 ? CollectionsMarshal.AsSpan(_items)[_starts[user].._starts[user + 1]] : [];

    /// <summary>Adds the next user.</summary>
    public void Add(ReadOnlySpan<int> rows, int[] itemOf)
    {
        int start = _items.Count;
        foreach (int row in rows)
            _items.Add(itemOf[row]);
        Span<int> added = CollectionsMarshal.AsSpan(_items)[start..];
        added.Sort();
        int kept = 0;
        foreach (int item in added)
        {
            if (kept == 0 || added[kept - 1] != item)
                added[kept++] = item;
        }

        _items.RemoveRange(start + kept, added.Length - kept);
        _starts.Add(_items.Count);
    }
}
