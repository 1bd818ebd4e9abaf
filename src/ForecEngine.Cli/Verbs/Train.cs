// forec train: trains a method on markets; writes a result, a checkpoint and TREC files.

namespace ForecEngine.Cli.Verbs;

internal static class Train
{
    public static void Run(TrainArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest request = MarketChoice.Request(arguments);
        SourceChoice.RequireAuto(arguments);
        SourceChoice? choice = SourceChoice.IsAuto(arguments) ? SourceChoice.Parse(arguments, request.Target) : null;
        ExperimentChoice.RequireSources(plan, request, arguments);
        ExperimentChoice.RequireSampling(plan);
        IStageOptions output = arguments;
        IRankingOptions asked = arguments;
        asked.RequirePerUser();
        output.RequireOut();
        using IDevice device = DeviceChoice.Create(arguments);
        int threads = DeviceChoice.Threads(arguments);
        JsonOutput json = new(arguments, terminal);
        using TrainingRun run = TrainingRun.Open(output, device, threads, terminal);
        IReadOnlyList<RankedSource> ranking = [];
        if (choice is not null)
        {
            ExperimentRunner pilots = new(device, threads, stages: null, keepScores: false);
            (request, ranking) = choice.Make(pilots, plan, request, arguments, settings, terminal);
        }

        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, request, arguments, settings, terminal);
        run.Finish(experiment, data, asked, metrics, choice?.ToJson(ranking), json);
    }
}
