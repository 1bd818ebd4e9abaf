// The schedule announced before a run agrees with the run.

using ForecEngine.Kernels.Simd;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Evaluation;
using ForecEngine.Recommenders.Experiments;
using ForecEngine.Recommenders.Training;
using Xunit;

namespace ForecEngine.Recommenders.Tests.Training;

public sealed class TrainingScheduleTests
{
    [Theory]
    [InlineData("nmf", "gmf mlp nmf ranking")]
    [InlineData("forec", "gmf++ mlp++ nmf++ maml forec ranking")]
    [InlineData("ddtcdr", "gmf-jp gmf-uk ddtcdr ranking")]
    public void Every_phase_is_scheduled_with_its_work_and_reports_its_number(string method, string names)
    {
        List<TrainingProgress> told = [];
        ExperimentOutcome outcome = Run(method, told.Add);
        TrainingSchedule schedule = Assert.IsType<TrainingSchedule>(told[0].Schedule);
        Assert.Equal(names.Split(' '), schedule.Phases.Select(phase => phase.Name));
        Assert.All(told, report => Assert.Equal((schedule, report.Phase), (report.Schedule, schedule.Phases[report.Place].Name)));
        Assert.Equal(schedule.Phases.Select(phase => phase.Name), told.Select(report => report.Phase).Distinct());
        Assert.Equal(1, told[^1].PhaseFraction);
        Assert.All(schedule.Phases, phase => Assert.True(phase.Work > 0));

        // For ordinary phases the scheduled work is the number of samples, to within one minibatch per market and epoch.
        foreach ((ScheduledPhase phase, PhaseResult result) in schedule.Phases.Zip(outcome.Phases)
            .Where(pair => pair.Second.Name.StartsWith("gmf", StringComparison.Ordinal)))
            Assert.InRange(result.Samples / phase.Work, 0.8, 1.2);
    }

    private static ExperimentOutcome Run(string method, Action<TrainingProgress> progress)
    {
        using SimdDevice device = new(1);
        string[] sources = PlanCatalog.Find(method).NeedsSources ? ["uk"] : [];
        Experiment experiment = new()
        {
            Method = method,
            Preset = "test",
            Target = "jp",
            Sources = sources,
            Seed = 1,
            Settings = new TrainingSettings
            {
                Gradient = new() { Epochs = 2 },
                Samples = new() { BatchSize = 32 },
                MetaLearning = new() { SupportSize = 4 },
            },
        };
        return new ExperimentRunner(device).Run(
            experiment, [.. sources.Prepend("jp").Select(name => TestMarkets.Prepared(name, 1, users: name == "uk" ? 40 : 24))], null,
            Metric.Default, progress);
    }
}
