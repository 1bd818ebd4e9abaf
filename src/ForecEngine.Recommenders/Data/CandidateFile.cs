// Reads given candidate lists in the format of the WSDM Cup 2022: `user<TAB>item,item,...`, without a header.

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads candidate lists.</summary>
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
            lists.Add(ReadList(reader, line[(tab + 1)..], user, market, judged));
        }

        if (lists.Count == 0)
            throw new DataFormatException(candidates, 1, "the file is empty; expects user<TAB>item,item,...");
        return lists.Any(list => list.Qrels.Count > 0)
            ? lists
            : throw new DataFormatException($"{qrels}: no user of {candidates} has a judged item; do the two files belong together?");
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

    private static CandidateList ReadList(
        LineReader reader, ReadOnlySpan<byte> text, int user, Market market, Dictionary<string, OrderedDictionary<string, float>> judged)
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

        OrderedDictionary<string, float> relevances = judged.GetValueOrDefault(market.Users.Text(user), []);
        float[] relevance = [.. items.Select(item => relevances.GetValueOrDefault(market.Items.Text(item)))];
        return new CandidateList(user, [.. items], relevance, [.. relevances.Select(pair => (pair.Key, pair.Value))]);
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
