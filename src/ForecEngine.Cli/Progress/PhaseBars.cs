// Progress on a terminal: a bar for each phase, and one for all phases together with the time left.

using System.Diagnostics;
using Spectre.Console;

namespace ForecEngine.Cli.Progress;

internal sealed class PhaseBars(ProgressContext context)
{
    private const long RedrawMilliseconds = 50;

    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeLeft _left = new();
    private TrainingSchedule? _schedule;
    private ProgressTask[] _bars = [];
    private long _drawn;

    /// <summary>Updates the bars.</summary>
    public void Report(TrainingProgress report)
    {
        long now = Environment.TickCount64;
        bool isNew = _schedule is null || !ReferenceEquals(report.Schedule, _schedule);
        if (now - _drawn < RedrawMilliseconds && report.PhaseFraction < 1 && !isNew)
            return;
        _drawn = now;
        if (isNew)
            Begin(report.Schedule ?? new TrainingSchedule([new ScheduledPhase(report.Phase, 1)]));
        _left.Update(report);
        for (int place = 0; place < report.Place; place++)
            _bars[place].Value = 1; // a phase taken over from an earlier run sends no reports
        _bars[report.Place].Description = Describe(report);
        _bars[report.Place].Value = report.PhaseFraction;

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        string left = _left.Of(elapsed) is { } time && _left.Done < 1 ? $", about {TimeLeft.Text(time)} left" : "";
        _bars[^1].Description = $"all  {TimeLeft.Text(elapsed)}{left}";
        _bars[^1].Value = _left.Done;
    }

    // Replaces the bars of a pilot run by those of the next run.
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
