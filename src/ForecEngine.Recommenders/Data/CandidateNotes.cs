// Notes on unusual candidates, which a reader needs to interpret the metrics.

namespace ForecEngine.Recommenders.Data;

internal static class CandidateNotes
{
    /// <summary>Notes on the candidates of held-out items.</summary>
    /// <param name="market">The market.</param>
    /// <param name="split">Which rows are held out.</param>
    /// <param name="negatives">The number of sampled negatives per user, or null for all items.</param>
    public static IEnumerable<DataNote> Of(Market market, Split split, int? negatives)
    {
        IReadOnlyList<HeldOutRow> rows = market.HeldOut(split);
        if (negatives is { } wanted)
        {
            int[] counts = [.. rows.Select(row => UnseenItems.Count(market.Seen(row.User), market.CandidatePoolSize, wanted))];
            int[] few = [.. counts.Where(count => count < wanted)];
            if (few.Any(count => count > 0))
            {
                string fewer = $"so their held-out item is ranked among as few as {few.Min()}";
                yield return Note(NoteKind.FewNegatives, few.Length, rows.Count,
                    $"users have fewer than {wanted} items to sample as candidates, {fewer}");
            }
        }

        int repeated = rows.Count(row => market.Trained(row.User).BinarySearch(row.Item) >= 0);
        if (repeated > 0)
            yield return Note(NoteKind.JudgedInTraining, repeated, rows.Count, "held-out items are also among their user's training rows");

        DataNote Note(NoteKind kind, int count, int of, string text) => new(kind, market.Name, count, of, $"{count} of {of} {text}");
    }

    /// <summary>Notes on given candidates.</summary>
    public static IEnumerable<DataNote> Of(IReadOnlyList<CandidateList> lists, PlacedMarket placed)
    {
        Market market = placed.Market;
        int[] users = [.. lists.Select(list => list.User)], items = [.. lists.SelectMany(list => list.Items).Distinct()];
        if (Unknown(NoteKind.UnknownUsers, "users", market.Users, users, placed.UserRows, "their items score equally") is { } unknownUsers)
            yield return unknownUsers;
        const string Score = "they are ranked last, or by closed-form methods with the score 0";
        if (Unknown(NoteKind.UnknownItems, "items", market.Items, items, placed.ItemRows, Score) is { } unknownItems)
            yield return unknownItems;

        int judged = 0, trained = 0;
        foreach (CandidateList list in lists)
        {
            foreach ((string item, float relevance) in list.Qrels.Where(judgement => judgement.Relevance > 0))
            {
                judged++;
                trained += market.Items.TryFind(item, out int index) && market.Trained(list.User).BinarySearch(index) >= 0 ? 1 : 0;
            }
        }

        if (trained > 0)
        {
            string text = $"{trained} of {judged} relevant items are among their user's training rows";
            yield return new DataNote(NoteKind.JudgedInTraining, market.Name, trained, judged, text);
        }

        DataNote? Unknown(NoteKind kind, string what, IdTable ids, int[] named, int[] rows, string result)
        {
            int[] unknown = [.. named.Where(index => rows[index] < 0)];
            if (unknown.Length == 0)
                return null;
            string theirs = $"the candidates' {named.Length} {what}", example = Example(ids, unknown, rows);
            if (unknown.Length == named.Length)
                throw new DataFormatException($"{market.Name}: the model knows none of {theirs} ({example}); are they from this market?");
            string text = $"{unknown.Length} of {theirs} are unknown to the model ({example}); {result}";
            return new DataNote(kind, market.Name, unknown.Length, named.Length, text);
        }
    }

    // An unknown id, if possible one that differs from a known id only by case or spaces.
    private static string Example(IdTable ids, int[] unknown, int[] rows)
    {
        Dictionary<string, string> known = [];
        for (int index = 0; index < rows.Length; index++)
        {
            if (rows[index] >= 0)
                known.TryAdd(Plain(ids.Text(index)), ids.Text(index));
        }

        foreach (int index in unknown)
        {
            if (known.TryGetValue(Plain(ids.Text(index)), out string? twin))
                return $"'{ids.Text(index)}'; the model knows '{twin}'";
        }

        return $"'{ids.Text(unknown[0])}'";

        static string Plain(string id) => id.Trim().ToUpperInvariant();
    }
}
