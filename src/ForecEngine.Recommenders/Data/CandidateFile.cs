// Given candidate lists and their judgements, as the WSDM Cup 2022 hands them out: candidates `user<TAB>item,item,...`
// without a header, qrels `userId<TAB>itemId<TAB>rating` with one.

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads candidate lists.</summary>
public static class CandidateFile
{
    /// <summary>Reads the lists of a market, in the order of the file.</summary>
    /// <param name="candidates">The lists.</param>
    /// <param name="qrels">The judgements; items that are not judged are not relevant.</param>
    /// <param name="market">
    /// The market. Users and items that it has no rows for are added to its tables, so that they have vectors, which
    /// training leaves as they were drawn.
    /// </param>
    /// <exception cref="DataFormatException">A line is not what it should be.</exception>
    public static IReadOnlyList<CandidateList> Read(string candidates, string qrels, Market market)
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = ReadQrels(qrels);
        List<CandidateList> lists = [];
        HashSet<int> users = [];
        using LineReader reader = new(candidates);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty)
                continue;
            int tab = line.IndexOf((byte)'\t');
            if (tab <= 0 || tab == line.Length - 1 || line[(tab + 1)..].Contains((byte)'\t'))
                throw reader.Fault("not user<TAB>item,item,...");
            int user = market.Users.Add(line[..tab]);
            if (!users.Add(user))
                throw reader.Fault($"user {market.Users.Text(user)} has a list already");
            lists.Add(ReadList(reader, line[(tab + 1)..], user, market, judged));
        }

        if (lists.Count == 0)
            throw new DataFormatException(candidates, 1, "the file is empty; user<TAB>item,item,... is needed");
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
                throw reader.Fault("an item's id is empty");
            int item = market.Items.Add(text[range]);
            if (!distinct.Add(item))
                throw reader.Fault($"item {market.Items.Text(item)} is in the list twice");
            items.Add(item);
        }

        OrderedDictionary<string, float> relevances = judged.GetValueOrDefault(market.Users.Text(user), []);
        return new CandidateList(
            user, [.. items], [.. items.Select(item => relevances.GetValueOrDefault(market.Items.Text(item)))], [.. relevances.Select(pair => (pair.Key, pair.Value))]);
    }

    // Of each user, the judged items in the order of the file.
    private static Dictionary<string, OrderedDictionary<string, float>> ReadQrels(string path)
    {
        Dictionary<string, OrderedDictionary<string, float>> judged = new(StringComparer.Ordinal);
        using LineReader reader = new(path);
        if (!reader.TryRead(out ReadOnlySpan<byte> header))
            throw new DataFormatException(path, 1, "the file is empty; a header (userId itemId rating, separated by tabs) is needed");
        string[] names = Encoding.UTF8.GetString(header).Split('\t');
        if (!RatingColumns.TryChoose(names, ColumnNames.Usual, out RatingColumns columns, out _) || columns.Rating < 0)
            throw reader.Fault("not a header of userId, itemId and rating separated by tabs");
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty)
                continue;
            string[] fields = Encoding.UTF8.GetString(line).Split('\t');
            if (fields.Length != names.Length)
                throw reader.Fault($"{fields.Length} fields where {names.Length} are needed");
            (string user, string item, string rating) = (fields[columns.User], fields[columns.Item], fields[columns.Rating]);
            if (user.Length == 0 || item.Length == 0)
                throw reader.Fault("an id is empty");
            if (!Utf8Parser.TryParse(Encoding.UTF8.GetBytes(rating), out float relevance, out int used) || used != rating.Length || !float.IsFinite(relevance))
                throw reader.Fault($"the rating '{rating}' is not a number");
            if (!judged.TryGetValue(user, out OrderedDictionary<string, float>? items))
                judged[user] = items = new(StringComparer.Ordinal);
            if (!items.TryAdd(item, relevance))
                throw reader.Fault($"item {item} of user {user} is judged already");
        }

        return judged;
    }
}
