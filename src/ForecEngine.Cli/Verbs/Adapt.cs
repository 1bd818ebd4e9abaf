// forec adapt: adapts a checkpoint trained on several markets to one market.

namespace ForecEngine.Cli.Verbs;

internal static class Adapt
{
    public static void Run(AdaptArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        ulong? seed = OptionValue.Seed("--seed", arguments.Seed);
        IRunOutput output = arguments;
        IRankingOptions asked = arguments;
        asked.RequirePerUser();
        output.RequireDirectory();
        DataRequest request = MarketChoice.Request(arguments);
        using IDevice device = DeviceChoice.Create(arguments);
        TrainedModel trained = TrainedModel.Load(arguments.Model, device);
        JsonOutput json = new(arguments, terminal);
        MarketChoice.SayReading(request, terminal);
        ExperimentData data = trained.ReadToAdapt(request);
        output.RequireWritable(data);
        asked.RequireRanking(data);
        IReadOnlyList<DataNote> notes = data.NotesOn(Split.Test);
        NoteLines.Say(notes, data.Protocol.Split, terminal);
        using RunDirectory? directory = output.OpenDirectory(terminal);
        output.RequireFree(directory);
        ExperimentOutcome outcome = terminal.Follow(
            progress => trained.Adapt(data, arguments.WithFork, seed, metrics, progress));
        TrainingRun.Report(
            outcome, data, asked, notes, sourceSelection: null, device, DeviceChoice.Threads(arguments), directory, output, json,
            terminal);
    }
}
