// Restricts a market's rows to users and items that a model knows.

namespace ForecEngine.Recommenders.Data;

internal static class KnownRows
{
    /// <summary>The rows of known users and items.</summary>
    /// <param name="ratings">The rows.</param>
    /// <param name="model">The ids that the model knows.</param>
    /// <param name="minimumRows">Unknown users with fewer rows are kept: the split leaves them out, as it did in training.</param>
    /// <param name="notes">Receives notes on how many users and items are left out.</param>
    public static Ratings Of(Ratings ratings, TableIds model, int minimumRows, List<DataNote> notes)
    {
        int[] rowsOf = new int[ratings.Users.Count];
        foreach (int user in ratings.UserOf)
            rowsOf[user]++;
        bool[] unknownUser = [.. model.UserRows(ratings.Market, ratings.Users).Zip(rowsOf, (row, rows) => row < 0 && rows >= minimumRows)];
        bool[] unknownItem = [.. model.ItemRows(ratings.Items).Select(row => row < 0)];
        int users = unknownUser.Count(unknown => unknown), items = unknownItem.Count(unknown => unknown);
        if (users + items == 0)
            return ratings;
        if (users > 0)
            Note(NoteKind.UnknownUsers, users, rowsOf.Length, "users are unknown to the model; they are left out");
        if (items > 0)
            Note(NoteKind.UnknownItems, items, unknownItem.Length, "items are unknown to the model; their rows are left out");
        int[] known = [.. Enumerable.Range(0, ratings.Count).Where(IsKnown)];
        return known.Length > 0
            ? ratings.Select(known)
            : throw new DataFormatException(
                $"{ratings.Market}: no row has a user and an item that the model knows, so it was not trained on this market");

        bool IsKnown(int row) => !unknownUser[ratings.UserOf[row]] && !unknownItem[ratings.ItemOf[row]];
        void Note(NoteKind kind, int count, int of, string text) =>
            notes.Add(new DataNote(kind, ratings.Market, count, of, $"{count} of {of} {text}"));
    }
}
