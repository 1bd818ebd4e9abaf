// forec evaluate: ranks candidates with a checkpoint.

namespace ForecEngine.Cli.Verbs;

internal static class Evaluate
{
    public static void Run(EvaluateArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        ulong? seed = OptionValue.Seed("--seed", arguments.Seed);
        Split split = arguments.Split.ToLowerInvariant() switch
        {
            "test" => Split.Test,
            "valid" => Split.Valid,
            _ => throw new CommandLineException($"--split: '{arguments.Split}' is not one of test, valid"),
        };
        if (arguments.Candidates is not null && arguments.Given.FirstOrDefault(option => option.Name is "split" or "seed") is { } idle)
            throw new CommandLineException($"--{idle.Name} has no effect with --candidates, which are ranked instead");
        IRunOutput output = arguments;
        IRankingOptions asked = arguments;
        asked.RequirePerUser();
        output.RequireDirectory();
        if (!arguments.Trec && !arguments.SaveCandidates && arguments.Out is not null)
            throw new CommandLineException("--out: evaluate only writes files there with --trec or --save-candidates; "
                + "--json FILE writes the results");
        if ((split == Split.Test ? arguments.ValidCandidates : arguments.TestCandidates) is not null)
            throw new CommandLineException($"--{(split == Split.Test ? "valid" : "test")}-candidates has no effect with --split "
                + $"{arguments.Split}");
        DataRequest request = MarketChoice.Request(arguments);
        using IDevice device = DeviceChoice.Create(arguments);
        JsonOutput json = new(arguments, terminal);
        string name = arguments.Candidates is null ? arguments.Split : "candidates";
        string file = arguments.Candidates is null ? arguments.Split : "test";
        using RunDirectory? directory = output.OpenDirectory(terminal, [$"{file}.run", $"{file}.qrels", .. RunDirectory.ListFiles(file)]);
        output.RequireFree(directory);
        TrainedModel trained = TrainedModel.Load(arguments.Model, device);
        MarketChoice.SayReading(request, terminal);
        ExperimentData data = trained.Read(request);
        output.RequireWritable(data);
        IReadOnlyList<DataNote> notes = data.NotesOn(split);
        NoteLines.Say(notes, data.Protocol.Split, terminal);
        terminal.Announce("ranking");
        Ranker ranker = new(metrics, DeviceChoice.Threads(arguments), keepScores: arguments.Trec);
        RankedLists ranked = trained.Rank(data, split, seed, ranker);
        RankedLists? full = ranked.IsFull
            ? ranked : trained.RankBesides(data, split, new Ranker(metrics, DeviceChoice.Threads(arguments), keepScores: false));
        CandidatePool pool = data.Protocol.CandidatePool;
        string candidates = data.Candidates is not null ? RankingTable.Given
            : data.Markets[0].GivenCandidates(split) is not null ? RankingTable.GivenSample
            : RankingTable.Sampled(data.Protocol.EvaluationNegatives, pool);
        List<(IReadOnlyList<string>, EvaluationResult)> rows = [];
        if (full is not null)
            rows.Add(([name, RankingTable.AllItems(pool)], full.Result));
        if (!ranked.IsFull)
            rows.Add(([name, candidates], ranked.Result));
        RankingTable.Write(terminal.Output, ["split", "candidates"], rows);
        JsonObject result = new()
        {
            ["schema"] = "forec.evaluation/1",
            ["model"] = arguments.Model,
            ["target"] = request.Target.Market,
            ["split"] = name,
        };
        ResultFile.WithRanking(result, ranked.Result)["notes"] = NoteLines.ToJson(notes);
        if (full is not null)
        {
            result["all_items"] = ResultFile.WithRanking([], full.Result);
            result["coverage"] = Coverage.Of(full) is { } coverage ? ResultFile.ToJson(coverage) : null;
        }

        List<NamedRanking> rankings = [];
        if (full is not null)
            rankings.Add(new(file, NamedRanking.AllItems, full));
        if (!ranked.IsFull)
            rankings.Add(new(file, data.Candidates is null ? NamedRanking.Sampled : NamedRanking.Given, ranked));
        UserTable users = UserTable.Of(rankings);
        GroupTables.Tell(asked, result, users, file, Coverage.Of(full), terminal);
        if (arguments.Trec)
            directory?.WriteTrec(file, ranked, trained.ModelName);
        if (arguments.SaveCandidates)
            directory?.WriteLists(file, ranked);
        asked.WritePerUser(users);
        json.Write(() => result);
    }
}
