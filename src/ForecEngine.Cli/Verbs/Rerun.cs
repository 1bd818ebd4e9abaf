// forec run: repeats a recorded experiment.

namespace ForecEngine.Cli.Verbs;

internal static class Rerun
{
    public static void Run(RunArguments arguments, Terminal terminal)
    {
        IReadOnlyList<Metric> metrics = MarketChoice.Metrics(arguments);
        IStageOptions output = arguments;
        IRankingOptions asked = arguments;
        asked.RequirePerUser();
        output.RequireOut();
        Experiment experiment = Experiment.Read(arguments.Experiment);
        if (!PlanCatalog.Methods.Contains(experiment.Method))
            throw new DataFormatException($"{arguments.Experiment}: this program has no plan called '{experiment.Method}'"
                + "; a program that adds it to PlanCatalog can repeat the experiment"
                + Nearest.Question(experiment.Method, PlanCatalog.Methods));
        using IDevice device = DeviceChoice.Create(arguments);
        JsonOutput json = new(arguments, terminal);
        using TrainingRun run = TrainingRun.Open(output, device, DeviceChoice.Threads(arguments), terminal);
        DataRequest request = RecordedData.Find(experiment, arguments.Experiment, arguments, terminal);
        _ = Rehearsal.Begin(PlanCatalog.Find(experiment.Method, experiment.Settings));
        MarketChoice.SayReading(request, terminal);
        ExperimentData data = ExperimentData.Load(request, experiment.Settings, experiment.BaseProtocol);
        run.Finish(experiment, data, asked, metrics, sourceSelection: null, json);
    }
}
