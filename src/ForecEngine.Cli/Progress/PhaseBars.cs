// Progress on a terminal: a bar for each phase, done, running or to come, and one for all of them with the time.

using System.Diagnostics;
using System.Globalization;
using ForecEngine.Recommenders.Training;
using Spectre.Console;

namespace ForecEngine.Cli.Progress;

/// <summary>Shows a bar for each phase.</summary>
/// <param name="context">Where to.</param>
internal sealed class PhaseBars(ProgressContext context)
{
    private const long RedrawMilliseconds = 50;

    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeLeft _left = new();
    private TrainingSchedule? _schedule;
    private ProgressTask[] _bars = [];
    private long _drawn;

    /// <summary>Takes a report.</summary>
    public void Report(TrainingProgress report)
    {
        long now = Environment.TickCount64;
        bool isNew = _schedule is null || !ReferenceEquals(report.Schedule, _schedule);
        if (now - _drawn < RedrawMilliseconds && report.PhaseFraction < 1 && !isNew)
            return;
        _drawn = now;
        if (isNew)
            Begin(report.Schedule ?? new TrainingSchedule([new ScheduledPhase(report.Phase, 1)]));
        _left.Take(report);
        for (int place = 0; place < report.Place; place++)
            _bars[place].Value = 1; // taken over from an earlier run, where nothing was told of it
        _bars[report.Place].Description = Describe(report);
        _bars[report.Place].Value = report.PhaseFraction;

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        string left = _left.Of(elapsed) is { } time && _left.Done < 1 ? $", about {TimeLeft.Text(time)} left" : "";
        _bars[^1].Description = $"all  {TimeLeft.Text(elapsed)}{left}";
        _bars[^1].Value = _left.Done;
    }

    // Bars of a pilot run give way to those of the next.
    private void Begin(TrainingSchedule schedule)
    {
        foreach (ProgressTask bar in _bars)
            (bar.Value, bar.HideWhenCompleted) = (1, true);
        (_schedule, _left) = (schedule, new TimeLeft());
        _bars = [.. schedule.Phases.Select(phase => phase.Name).Append("all").Select(name => context.AddTask(Shown(name), maxValue: 1))];
    }

    private static string Describe(in TrainingProgress report)
    {
        string numbers = double.IsNaN(report.Loss) ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"  epoch {report.Epoch}/{report.Epochs}, loss {report.Loss:F4}, {report.SamplesPerSecond:N0} samples/s");
        return $"{Shown(report.Phase)}{numbers}";
    }

    private static string Shown(string name) => Markup.Escape(VisibleText.Of(name));
}
