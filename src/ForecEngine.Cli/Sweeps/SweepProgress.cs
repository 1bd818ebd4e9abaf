// The progress of a sweep: one bar over all tasks that remained when it began, by their estimated work, and a line for each finished cell.

using System.Diagnostics;
using ForecEngine.Cli.Progress;

namespace ForecEngine.Cli.Sweeps;

internal sealed class SweepProgress(Terminal terminal, Action<TrainingProgress>? report)
{
    private const double AlmostDone = 0.999; // the bar is full only when all tasks have ended

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, double> _working = new(StringComparer.Ordinal);
    private TrainingSchedule _schedule = new([new ScheduledPhase("cells", 1)]);
    private double _all;
    private double _ended;
    private int _cells;
    private int _endedCells;
    private int _tasks;
    private int _endedTasks;

    /// <summary>Begins with the tasks that remain.</summary>
    public void Begin(IReadOnlyCollection<SweepTask> tasks)
    {
        (_tasks, _cells) = (tasks.Count, tasks.Count(task => task.Kind == TaskKind.Cell));
        _all = Math.Max(1, tasks.Sum(task => task.Work));
        _schedule = new([new ScheduledPhase(Counted.Of(_cells, "cell"), _all)]);
    }

    /// <summary>Reports how much of a task is done.</summary>
    public void Working(SweepTask task, double fraction)
    {
        lock (_lock)
        {
            _working[task.Digest] = fraction * task.Work;
            Report();
        }
    }

    /// <summary>Reports that a task has finished.</summary>
    public void Finished(SweepTask task, SweepFolder folder)
    {
        lock (_lock)
        {
            End(task);
            if (task.Kind == TaskKind.Cell)
            {
                JsonObject? test = folder.Result(task)?["test"] as JsonObject;
                string result = (double?)test?[Metric.NdcgAt10.Name] is { } value
                    ? $"test {Metric.NdcgAt10.Name} {ResultTable.Metric(value)}" : "not evaluated";
                TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
                string left = _endedTasks == _tasks ? "" : $", about {TimeLeft.Text(elapsed * ((1 - Done) / Done))} left";
                terminal.Say($"{_endedCells} of {Counted.Of(_cells, "cell")}: {task.Name}: {result}, "
                    + $"{TimeLeft.Text(elapsed)} since the start{left}");
            }

            Report();
        }
    }

    /// <summary>Reports that a task has failed.</summary>
    public void Failed(SweepTask task)
    {
        lock (_lock)
        {
            End(task);
            Report();
        }
    }

    private double Done => Math.Min((_ended + _working.Values.Sum()) / _all, AlmostDone);

    private void End(SweepTask task)
    {
        _working.Remove(task.Digest);
        _ended += task.Work;
        _endedTasks++;
        _endedCells += task.Kind == TaskKind.Cell ? 1 : 0;
    }

    private void Report() => report?.Invoke(new TrainingProgress(
        _schedule.Phases[0].Name, Epoch: 1, Epochs: 1,
        EpochFraction: _endedTasks == _tasks ? 1 : Done,
        Samples: 0, Seconds: 0, Loss: double.NaN)
    {
        Schedule = _schedule,
        Place = 0,
    });
}
