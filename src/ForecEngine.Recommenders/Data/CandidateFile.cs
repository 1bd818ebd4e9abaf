// Given candidate lists, as the WSDM Cup 2022 hands them out: `user<TAB>item,item,...` without a header.

using System.Security.Cryptography;
using System.Text;

namespace ForecEngine.Recommenders.Data;

/// <summary>Reads candidate lists.</summary>
public static class CandidateFile
{
    /// <summary>Reads the lists of a market, in the order of the file.</summary>
    /// <param name="candidates">The lists.</param>
    /// <param name="qrels">The judgements; items that are not judged are not relevant.</param>
    /// <param name="market">The market. Users and items that it has no rows for are added to its ids, after those that have.</param>
    /// <exception cref="DataFormatException">A line is not what it should be.</exception>
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
                throw reader.Fault("not user<TAB>item,item,...");
            if (reader.Number == 1 && IsHeader(line[..tab], line[(tab + 1)..], market))
                throw reader.Fault("a header, where the first list must stand: user<TAB>item,item,...");
            RequireNoBlanks(reader, line[..tab], market.Users);
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
            RequireNoBlanks(reader, text[range], market.Items);
            int item = market.Items.Add(text[range]);
            if (!distinct.Add(item))
                throw reader.Fault($"item {market.Items.Text(item)} is in the list twice");
            items.Add(item);
        }

        OrderedDictionary<string, float> relevances = judged.GetValueOrDefault(market.Users.Text(user), []);
        return new CandidateList(
            user, [.. items], [.. items.Select(item => relevances.GetValueOrDefault(market.Items.Text(item)))], [.. relevances.Select(pair => (pair.Key, pair.Value))]);
    }

    private static bool IsHeader(ReadOnlySpan<byte> user, ReadOnlySpan<byte> items, Market market)
    {
        string name = Encoding.UTF8.GetString(items);
        return !market.Users.TryFind(user, out _) && RatingColumns.AnyUsual([Encoding.UTF8.GetString(user)])
            && (RatingColumns.AnyUsual([name]) || name.StartsWith("item", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("candidate", StringComparison.OrdinalIgnoreCase));
    }

    // A blank after a comma would make another item of one that is known.
    private static void RequireNoBlanks(LineReader reader, ReadOnlySpan<byte> id, IdTable known)
    {
        string text = Encoding.UTF8.GetString(id);
        if (text.Trim().Length < text.Length && !known.TryFind(id, out _))
            throw reader.Fault($"the id '{LineReader.Quote(id)}' begins or ends with a blank");
    }
}
