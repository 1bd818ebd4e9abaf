// From files to what an experiment runs on: ratings read and filtered, sources cut to the target's items where "sel"
// asks for it, users' last rows held out, given candidates read, everything's digest in the record.

using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Where an experiment's data are and how they are filtered.</summary>
/// <param name="Target">The target's files.</param>
/// <param name="Sources">The sources' files.</param>
/// <param name="Candidates">Given candidate lists, or null for sampled ones.</param>
/// <param name="Qrels">Their judgements.</param>
/// <param name="KCore">The fewest rows that items and users keep their place with, or null for no filter.</param>
/// <param name="KCorePasses">Passes of that filter; null for one.</param>
/// <param name="MinimumRows">Users with fewer rows are left out; null for 7, or for 1 where nothing is held out.</param>
public sealed record DataRequest(
    MarketFiles Target, IReadOnlyList<MarketFiles> Sources, string? Candidates = null, string? Qrels = null,
    int? KCore = null, int? KCorePasses = null, int? MinimumRows = null);

/// <summary>What an experiment runs on.</summary>
/// <param name="Markets">The target and the sources.</param>
/// <param name="Candidates">Given candidate lists, or null.</param>
/// <param name="Digests">What the data were.</param>
/// <param name="MinimumRows">The fewest rows that a user kept its place with.</param>
public sealed record ExperimentData(
    IReadOnlyList<Market> Markets, IReadOnlyList<CandidateList>? Candidates, IReadOnlyDictionary<string, string> Digests, int MinimumRows)
{
    private const int PaperMinimumRows = 7;

    /// <summary>Reads the data.</summary>
    /// <param name="request">Where they are.</param>
    /// <param name="options">The numbers of training, of which the sampling and what is kept bear on the data.</param>
    /// <exception cref="DataFormatException">A file cannot be read, or the filters leave nothing.</exception>
    public static ExperimentData Load(DataRequest request, TrainingOptions options)
    {
        SortedDictionary<string, string> digests = new(StringComparer.Ordinal);
        bool given = request.Candidates is not null;
        Ratings target = Read(request.Target);

        // With given candidates the market is trained on whole, but for the rows by which a preset chooses its epoch.
        HoldOut holdOut = !given ? HoldOut.ValidationAndTest
            : options.Keep == Keep.Best && target.Time is not null ? HoldOut.Validation : HoldOut.Nothing;
        int minimumRows = request.MinimumRows ?? (given ? 1 : PaperMinimumRows);
        Market prepared = Market.Prepare(target, holdOut, minimumRows);
        List<Market> markets = [prepared];
        foreach (MarketFiles source in request.Sources)
        {
            Ratings ratings = Read(source);
            if (options.Sampling == Sampling.Sel)
                ratings = ratings.OnlyItems(target.Items);
            markets.Add(ratings.Time is null ? Market.Prepare(ratings, HoldOut.Nothing, request.MinimumRows ?? 1) : Market.Prepare(ratings, HoldOut.ValidationAndTest, request.MinimumRows ?? PaperMinimumRows));
        }

        IReadOnlyList<CandidateList>? candidates = null;
        if (request is { Candidates: { } lists, Qrels: { } qrels })
        {
            candidates = CandidateFile.Read(lists, qrels, prepared);
            digests["candidates"] = CandidateFile.Digest(lists);
            digests["qrels"] = CandidateFile.Digest(qrels);
        }

        return new ExperimentData(markets, candidates, digests, minimumRows);

        Ratings Read(MarketFiles files)
        {
            Ratings ratings = RatingsReader.Read(files.Market, files.Files);
            digests[files.Market] = ratings.Digest;
            return request.KCore is { } k ? Data.KCore.Filter(ratings, k, request.KCorePasses ?? 1) : ratings;
        }
    }
}
