// Rankings and judgements in TREC's formats, as trec_eval reads them. A score is written so that it reads back as the
// same float: trec_eval sorts by it again.

using System.Globalization;
using System.Text;
using ForecEngine.Checkpoints;
using ForecEngine.Recommenders.Data;

namespace ForecEngine.Recommenders.Evaluation;

/// <summary>Writes TREC run and qrels files, whole or not at all.</summary>
public static class TrecFile
{
    private const int MostRelevant = 1000;

    /// <summary>Fails before the work rather than after it, if a market's rankings cannot be written.</summary>
    /// <param name="market">The market; candidates' users and items are among its own.</param>
    /// <param name="given">Given candidates with their judgements, or none.</param>
    /// <exception cref="DataFormatException">
    /// An id has white space in it or begins with #, or a relevance is not a whole number; the formats hold neither.
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

    /// <summary><c>user Q0 item rank score tag</c>, best first.</summary>
    /// <exception cref="DataFormatException">An id has white space in it or begins with #, which the format cannot hold.</exception>
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
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{user} Q0 {item} {rank} {ranked.Scores[i][order[rank - 1]]:R} {tag}\n"));
                }
            }
        });
    }

    /// <summary><c>user 0 item relevance</c>.</summary>
    /// <exception cref="DataFormatException">An id has white space in it or begins with #, which the format cannot hold.</exception>
    public static void WriteQrels(string path, RankedLists ranked) => Write(path, writer =>
    {
        foreach (CandidateList list in ranked.Lists)
        {
            string user = Id(ranked.Market.Users.Text(list.User));
            foreach ((string item, float relevance) in list.Qrels)
                writer.Write(Judgement(user, Id(item), relevance));
        }
    });

    // trec_eval takes a relevance for a whole number; 0.5 would read as 0.
    private static string Judgement(string user, string item, float relevance) => float.IsInteger(relevance) && Math.Abs(relevance) <= MostRelevant
        ? string.Create(CultureInfo.InvariantCulture, $"{user} 0 {item} {relevance:0}\n")
        : throw new DataFormatException(string.Create(CultureInfo.InvariantCulture, $"item {item} of user {user} has the relevance {relevance}; in a TREC file it is a whole number of {MostRelevant} at the most"));

    private static void Write(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
        write(writer);
    });

    // trec_eval splits at white space, and version 10 takes a line that begins with # for a comment.
    private static string Id(string id)
    {
        if (id.Any(char.IsWhiteSpace))
            throw new DataFormatException($"the id '{id}' has white space in it, which a TREC file cannot hold");
        return id.StartsWith('#') ? throw new DataFormatException($"the id '{id}' begins with #, which is a comment in a TREC file") : id;
    }
}
