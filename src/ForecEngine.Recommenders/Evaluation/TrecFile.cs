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
    /// <summary><c>user Q0 item rank score tag</c>, best first.</summary>
    /// <exception cref="DataFormatException">An id has white space in it, which the format cannot hold.</exception>
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
    /// <exception cref="DataFormatException">An id has white space in it, which the format cannot hold.</exception>
    public static void WriteQrels(string path, RankedLists ranked) => Write(path, writer =>
    {
        foreach (CandidateList list in ranked.Lists)
        {
            string user = Id(ranked.Market.Users.Text(list.User));
            foreach ((string item, float relevance) in list.Qrels)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{user} 0 {Id(item)} {relevance:0}\n"));
        }
    });

    private static void Write(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
        write(writer);
    });

    private static string Id(string id) => id.Any(char.IsWhiteSpace)
        ? throw new DataFormatException($"'{id}' has white space in it, which a TREC file cannot hold")
        : id;
}
