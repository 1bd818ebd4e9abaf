// Finds the files of a recorded experiment by their digests.

namespace ForecEngine.Cli.Verbs;

internal static class RecordedData
{
    /// <summary>The files of the data of a record, and how they are filtered and split.</summary>
    /// <exception cref="DataFormatException">The record has no digest of a market, or no file has the digest.</exception>
    public static DataRequest Find(Experiment experiment, string record, IMarketOptions options, Terminal terminal)
    {
        if (experiment.Sources.Prepend(experiment.Target).FirstOrDefault(name => !experiment.Digests.ContainsKey(name)) is { } missing)
            throw new DataFormatException(
                $"{record}: has no digest of {missing}, which is needed to find its file; expects one per market, as in a result.json");
        terminal.Announce($"looking in {options.Data} for the data of {string.Join(", ", experiment.Digests.Keys)}");
        ColumnNames? columns = MarketChoice.Columns(options);
        MarketFiles[] there = [.. MarketFiles.All(options.Data).Select(files => files with { Columns = columns })];
        Dictionary<MarketFiles, string?> digests = [];
        (string? lists, string? qrels) = (Given(ExperimentData.CandidatesDigest), Given(ExperimentData.QrelsDigest));
        int ofProtocol = lists is not null || experiment.HoldOut == HoldOut.None ? 1 : experiment.BaseProtocol.Split.MinimumRows;
        return new DataRequest(
            Market(experiment.Target), [.. experiment.Sources.Select(Market)], lists, qrels, experiment.KCore, experiment.KCorePasses,
            experiment.HoldOut, experiment.MinimumRows == ofProtocol ? null : experiment.MinimumRows, experiment.EvaluateFrom,
            experiment.EvaluationNegatives, experiment.CandidatesFrom)
        {
            Order = experiment.Order,
            SplitSeed = experiment.SplitSeed,
            TrainingFraction = experiment.TrainingFraction,
            SourceRows = experiment.SourceRows,
            CandidatePool = experiment.CandidatePool,
            History = experiment.History,
            TestCandidates = Given(ExperimentData.TestCandidatesDigest),
            ValidCandidates = Given(ExperimentData.ValidCandidatesDigest),
        };

        // A file with the name of the market is read first; usually no other is needed.
        MarketFiles Market(string name)
        {
            string digest = experiment.Digests[name];
            MarketFiles? found = there.OrderBy(files => files.Market == name ? 0 : 1).FirstOrDefault(files => DigestOf(files) == digest);
            if (found is not null)
                return found with { Market = name };
            string near = Nearest.Of(name, there.Select(files => files.Market)) is { } market
                ? $"the nearest by name is {there.First(files => files.Market == market).Files[0]}, which has other rows"
                : $"no file has this name";
            throw new DataFormatException(
                $"{options.Data}: no file has the rows of {name} that were recorded (digest {digest}); {near}");
        }

        // Null for files without ratings.
        string? DigestOf(MarketFiles files)
        {
            if (digests.TryGetValue(files, out string? known))
                return known;
            try
            {
                return digests[files] = RatingsReader.Read(files.Market, files.Files, files.Columns).Digest;
            }
            catch (DataFormatException)
            {
                return digests[files] = null;
            }
        }

        string? Given(string kind)
        {
            if (experiment.Digests.GetValueOrDefault(kind) is not { } digest)
                return null;
            IEnumerable<string> files = Directory.GetFiles(options.Data).Order(StringComparer.Ordinal);
            return files.FirstOrDefault(path => CandidateFile.Digest(path) == digest)
                ?? throw new DataFormatException($"{options.Data}: no file is the {kind} file that was recorded (digest {digest})");
        }
    }
}
