// Reads and writes candidate lists in the format of the WSDM Cup 2022: `user<TAB>item,item,...`, without a header.

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads and writes candidate lists.</summary>
public static class CandidateFile
{
    /// <summary>Reads the lists of a market, in the order of the file.</summary>
    /// <param name="candidates">The file with the lists.</param>
    /// <param name="qrels">The file with the judgements; an item without a judgement is not relevant.</param>
    /// <param name="market">The market. Users and items that it has no rows for are appended to its ids.</param>
    /// <exception cref="DataFormatException">A line is malformed, or no listed user has a judged item.</exception>
    public static IReadOnlyList<CandidateList> Read(string candidates, string qrels, Market market)
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = QrelsFile.Read(qrels);
        List<CandidateList> lists = [];
        foreach ((int user, int[] items) in ReadLists(candidates, market))
        {
            OrderedDictionary<string, float> relevances = judged.GetValueOrDefault(market.Users.Text(user), []);
            float[] relevance = [.. items.Select(item => relevances.GetValueOrDefault(market.Items.Text(item)))];
            lists.Add(new CandidateList(user, items, relevance, [.. relevances.Select(pair => (pair.Key, pair.Value))]));
        }

        return lists.Any(list => list.Qrels.Count > 0)
            ? lists
            : throw new DataFormatException($"{qrels}: no user of {candidates} has a judged item; do the two files belong together?");
    }

    /// <summary>
    /// Reads the candidates of a market's held-out items. The held-out item is added where a list lacks it; lists of other users are
    /// ignored.
    /// </summary>
    /// <param name="path">The file with the lists.</param>
    /// <param name="market">The market. Items that it has no rows for are appended to its ids.</param>
    /// <param name="split">The split of the held-out rows.</param>
    /// <returns>A list for each held-out row, in the order of the rows.</returns>
    /// <exception cref="DataFormatException">A line is malformed, or a user with a held-out row has no list.</exception>
    public static IReadOnlyList<CandidateList> ReadHeldOut(string path, Market market, Split split)
    {
        Dictionary<int, int[]> given = ReadLists(path, market).ToDictionary(list => list.User, list => list.Items);
        IReadOnlyList<HeldOutRow> rows = market.HeldOut(split);
        HeldOutRow[] without = [.. rows.Where(row => !given.ContainsKey(row.User))];
        if (without.Length > 0)
        {
            string user = market.Users.Text(without[0].User), what = split == Split.Valid ? "validation" : "test";
            throw new DataFormatException(
                $"{path}: has no list for {without.Length} of {rows.Count} users with a held-out {what} item, such as {user}");
        }

        return [.. rows.Select(OfRow)];

        CandidateList OfRow(HeldOutRow row)
        {
            int[] items = given[row.User].Contains(row.Item) ? given[row.User] : [row.Item, .. given[row.User]];
            float[] relevance = [.. items.Select(item => item == row.Item ? row.Relevance : 0)];
            return new CandidateList(row.User, items, relevance, [(market.Items.Text(row.Item), row.Relevance)]);
        }
    }

    /// <summary>Checks before training that lists of a market's items can be written.</summary>
    /// <exception cref="DataFormatException">An item's id has a comma.</exception>
    public static void Check(Market market)
    {
        for (int item = 0; item < market.Items.Count; item++)
        {
            if (market.Items.Utf8(item).Contains((byte)','))
                throw new DataFormatException($"the item id '{market.Items.Text(item)}' has a comma, which separates candidates in a file");
        }
    }

    /// <summary>Writes lists atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="market">The market of the users and items.</param>
    /// <param name="lists">The lists.</param>
    public static void Write(string path, Market market, IReadOnlyList<CandidateList> lists) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (CandidateList list in lists)
            writer.WriteLine($"{market.Users.Text(list.User)}\t{string.Join(',', list.Items.Select(market.Items.Text))}");
    });

    // The lists of a file, in its order.
    private static List<(int User, int[] Items)> ReadLists(string candidates, Market market)
    {
        List<(int, int[])> lists = [];
        HashSet<int> users = [];
        using LineReader reader = new(candidates);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty)
                continue;
            int tab = line.IndexOf((byte)'\t');
            if (tab <= 0 || tab == line.Length - 1 || line[(tab + 1)..].Contains((byte)'\t'))
                throw reader.Fault("expects user<TAB>item,item,...");
            if (reader.Number == 1 && IsHeader(line[..tab], line[(tab + 1)..], market))
                throw reader.Fault("this is a header; expects user<TAB>item,item,... from the first line on");
            RequireNoBlanks(reader, line[..tab], market.Users);
            int user = market.Users.Add(line[..tab]);
            if (!users.Add(user))
                throw reader.Fault($"user {market.Users.Text(user)} has a second list");
            lists.Add((user, ReadItems(reader, line[(tab + 1)..], market)));
        }

        return lists.Count > 0
            ? lists
            : throw new DataFormatException(candidates, 1, "the file is empty; expects user<TAB>item,item,...");
    }

    /// <summary>SHA-256 of a file's bytes, in hexadecimal.</summary>
    public static string Digest(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException($"{path}: cannot be read ({exception.Message})", exception);
        }
    }

    private static int[] ReadItems(LineReader reader, ReadOnlySpan<byte> text, Market market)
    {
        List<int> items = [];
        HashSet<int> distinct = [];
        foreach (Range range in text.Split((byte)','))
        {
            if (text[range].IsEmpty)
                throw reader.Fault("an item id is empty");
            RequireNoBlanks(reader, text[range], market.Items);
            int item = market.Items.Add(text[range]);
            if (!distinct.Add(item))
                throw reader.Fault($"item {market.Items.Text(item)} is in the list twice");
            items.Add(item);
        }

        return [.. items];
    }

    private static bool IsHeader(ReadOnlySpan<byte> user, ReadOnlySpan<byte> items, Market market)
    {
        string name = Encoding.UTF8.GetString(items);
        return !market.Users.TryFind(user, out _) && RatingColumns.AnyUsual([Encoding.UTF8.GetString(user)])
            && (RatingColumns.AnyUsual([name]) || name.StartsWith("item", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("candidate", StringComparison.OrdinalIgnoreCase));
    }

    // With a space after a comma, ' a' would silently become a new item beside 'a'.
    private static void RequireNoBlanks(LineReader reader, ReadOnlySpan<byte> id, IdTable known)
    {
        string text = Encoding.UTF8.GetString(id);
        if (text.Trim().Length < text.Length && !known.TryFind(id, out _))
            throw reader.Fault($"the id '{LineReader.Quote(id)}' begins or ends with a space");
    }
}
