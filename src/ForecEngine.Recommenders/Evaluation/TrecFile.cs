// Writes rankings and judgements in the formats of TREC, which trec_eval reads. Scores are written with enough digits to be read back
// as the same floats, because trec_eval sorts by them again.

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>Writes TREC run and qrels files atomically.</summary>
public static class TrecFile
{
    private const int MostRelevant = 1000;

    /// <summary>Checks before training that a market's rankings can be written.</summary>
    /// <param name="market">The market, whose ids include those of the candidates.</param>
    /// <param name="given">Given candidates with their judgements, or an empty list.</param>
    /// <exception cref="DataFormatException">
    /// An id contains white space or begins with #, or a relevance is not a whole number; the formats do not allow these.
    /// </exception>
    public static void Check(Market market, IReadOnlyList<CandidateList> given)
    {
        foreach (IdTable ids in (IdTable[])[market.Users, market.Items])
        {
            for (int i = 0; i < ids.Count; i++)
                Id(ids.Text(i));
        }

        foreach (CandidateList list in given)
        {
            foreach ((string item, float relevance) in list.Qrels)
                Judgement(Id(market.Users.Text(list.User)), Id(item), relevance);
        }
    }

    /// <summary>Writes a ranking as lines <c>user Q0 item rank score tag</c>, the best item first.</summary>
    /// <exception cref="DataFormatException">An id contains white space or begins with #.</exception>
    public static void WriteRun(string path, RankedLists ranked, string tag)
    {
        int[] idRanks = ranked.Market.Items.Ranks();
        Write(path, writer =>
        {
            for (int i = 0; i < ranked.Lists.Count; i++)
            {
                CandidateList list = ranked.Lists[i];
                string user = Id(ranked.Market.Users.Text(list.User));
                int[] order = Ranker.Order(ranked.Scores[i], list.Items, idRanks);
                for (int rank = 1; rank <= order.Length; rank++)
                {
                    string item = Id(ranked.Market.Items.Text(list.Items[order[rank - 1]]));
                    Real score = ranked.Scores[i][order[rank - 1]];
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{user} Q0 {item} {rank} {score:R} {tag}\n"));
                }
            }
        });
    }

    /// <summary>Writes judgements as lines <c>user 0 item relevance</c>.</summary>
    /// <exception cref="DataFormatException">An id contains white space or begins with #, or a relevance is not a whole number.</exception>
    public static void WriteQrels(string path, RankedLists ranked) => Write(path, writer =>
    {
        foreach (CandidateList list in ranked.Lists)
        {
            string user = Id(ranked.Market.Users.Text(list.User));
            foreach ((string item, float relevance) in list.Qrels)
                writer.Write(Judgement(user, Id(item), relevance));
        }
    });

    // trec_eval reads a relevance as a whole number; it would read 0.5 as 0.
    private static string Judgement(string user, string item, float relevance)
    {
        if (float.IsInteger(relevance) && Math.Abs(relevance) <= MostRelevant)
            return FormattableString.Invariant($"{user} 0 {item} {relevance:0}\n");
        string needed = $"a TREC file needs a whole number of at most {MostRelevant}";
        throw new DataFormatException(FormattableString.Invariant($"item {item} of user {user} has relevance {relevance}; {needed}"));
    }

    private static void Write(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
        write(writer);
    });

    // trec_eval splits lines at white space, and version 10 treats a line that begins with # as a comment.
    private static string Id(string id)
    {
        if (id.Any(char.IsWhiteSpace))
            throw new DataFormatException($"the id '{id}' contains white space, which a TREC file does not allow");
        return id.StartsWith('#') ? throw new DataFormatException($"the id '{id}' begins with #, which is a comment in a TREC file") : id;
    }
}
