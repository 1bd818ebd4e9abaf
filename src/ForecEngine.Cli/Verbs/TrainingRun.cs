// The training of train and run: resumes an earlier run if there is one, prints the result and writes it to --out.

using System.Diagnostics;
using System.Text.Json;

namespace ForecEngine.Cli.Verbs;

internal sealed class TrainingRun : IDisposable
{
    private readonly IStageOptions _options;
    private readonly IDevice _device;
    private readonly int _threads;
    private readonly Terminal _terminal;
    private readonly RunDirectory? _directory;
    private StageStore? _stages;

    private TrainingRun(IStageOptions options, IDevice device, int threads, Terminal terminal)
    {
        (_options, _device, _threads, _terminal) = (options, device, threads, terminal);
        terminal.Interruption.HowToContinue = () => RunStart.HowToContinue(options, _stages, terminal.Interruption);
        _directory = options.OpenDirectory(terminal);
    }

    /// <summary>Locks the directory, before any data are read.</summary>
    public static TrainingRun Open(IStageOptions options, IDevice device, int threads, Terminal terminal)
    {
        TrainingRun run = new(options, device, threads, terminal);
        try
        {
            RunStart.Require(options, run._directory);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Trains, ranks, prints and writes.</summary>
    public void Finish(
        Experiment experiment, ExperimentData data, IRankingOptions asked, IReadOnlyList<Metric> metrics, JsonArray? sourceSelection,
        JsonOutput json)
    {
        experiment = experiment.On(_device);
        _options.RequireWritable(data);
        asked.RequireRanking(data);
        IReadOnlyList<DataNote> notes = data.NotesOn(Split.Test);
        NoteLines.Say(notes, data.Protocol.Split, _terminal);
        if (_options.Resume && _directory is not null
            && RunStart.Resume(_options, _directory, ref experiment, _device, metrics, _terminal) is { } finished)
        {
            Show(finished, _terminal);
            if (_options.Out is { } run && finished.ContainsKey("test"))
            {
                UserTable users = UserFile.Read(RunDirectory.PerUserPath(run));
                GroupTables.Tell(asked, finished, users, "test", ResultFile.CoverageOf(finished), _terminal);
                asked.WritePerUser(users);
            }

            json.Write(() => finished);
            _directory.RemoveStages();
            return;
        }

        _stages = _options.OpenStages(_terminal);
        ExperimentOutcome outcome = _terminal.Interruption.Saving(stop => _terminal.Follow(progress =>
            new ExperimentRunner(_device, _threads, _stages, keepScores: _options.Trec, stop)
                .Run(experiment, data.Markets, data.Candidates, metrics, progress)));
        Report(outcome, data, asked, notes, sourceSelection, _device, _threads, _directory, _options, json, _terminal);
    }

    public void Dispose() => _directory?.Dispose();

    /// <summary>Prints the result, then writes it, so that it has been shown even if writing fails.</summary>
    public static void Report(
        ExperimentOutcome outcome, ExperimentData data, IRankingOptions asked, IReadOnlyList<DataNote> notes, JsonArray? sourceSelection,
        IDevice device, int threads, RunDirectory? directory, IRunOutput output, JsonOutput json, Terminal terminal)
    {
        JsonObject result = ResultFile.ToJson(outcome, device, threads, Process.GetCurrentProcess().PeakWorkingSet64);
        result["notes"] = NoteLines.ToJson(notes);
        if (sourceSelection is not null)
            result["source_selection"] = sourceSelection;
        Show(result, terminal);
        UserTable users = UserTable.Of(outcome.Rankings);
        GroupTables.Tell(asked, result, users, "test", Coverage.Of(outcome.TestAmongAll), terminal);
        try
        {
            directory?.Write(outcome, data.TargetRows, result, output.Trec, output.SaveCandidates);
            asked.WritePerUser(users);
        }
        finally
        {
            json.Write(() => result);
        }
    }

    private static void Show(JsonObject result, Terminal terminal)
    {
        string sources = string.Join(", ", result["sources"]?.AsArray().Select(source => $"{source}") ?? []);
        string protocol = result["experiment"]?["protocol"] is { } name ? $", protocol {name}" : "";
        terminal.Output.WriteLine($"{result["method"]} for {result["target"]}{(sources.Length > 0 ? $" with {sources}" : "")}, "
            + $"preset {result["preset"]}{protocol}, seed {result["seed"]}, {result["device"]}");
        if (result["not_evaluated"] is { } reason)
            terminal.Output.WriteLine($"no metrics: {reason}");
        else
        {
            RankingTable.Write(terminal.Output, ["split", "candidates"],
            [
                .. ResultFile.Rankings(result)
                    .Select(row => ((IReadOnlyList<string>)[row.Split, Candidates(row.Split, row.AmongAll)], row.Result)),
            ]);
        }

        string Candidates(string split, bool amongAll) => amongAll ? RankingTable.AllItems(Pool())
            : split == "test" && $"{result["candidates_from"]}" == "given" ? RankingTable.Given
            : result["experiment"]?["digests"]?[$"{split}_candidates"] is not null ? RankingTable.GivenSample
            : RankingTable.Sampled((int?)result["experiment"]?["evaluation_negatives"] ?? SampledCandidates.DefaultNegatives, Pool());

        CandidatePool Pool() =>
            result["experiment"]?["candidate_pool"].Deserialize<CandidatePool?>(Experiment.JsonOptions) ?? CandidatePool.Market;
    }
}
