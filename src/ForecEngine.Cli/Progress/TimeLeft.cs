// Estimates the time left of a run from the work left and the speed of this run so far.

namespace ForecEngine.Cli.Progress;

internal sealed class TimeLeft
{
    private TrainingSchedule? _schedule;
    private int _place = -1;
    private double _from; // the fraction of the phase at which this run began: above 0 if it resumes from a checkpoint
    private double _fraction;
    private double _before;

    /// <summary>The fraction of the work that is done, including that of an earlier run.</summary>
    public double Done => _schedule?.Phases.Sum(phase => phase.Work) is > 0 and double all ? 1 - (Remaining / all) : 0;

    /// <summary>Records a report of progress.</summary>
    public void Update(in TrainingProgress report)
    {
        if (!ReferenceEquals(report.Schedule, _schedule))
            (_schedule, _place, _fraction, _from, _before) = (report.Schedule, -1, 0, 0, 0);
        if (report.Place != _place)
        {
            _before += WorkHere;
            (_place, _from) = (report.Place, (double)(report.Epoch - 1) / report.Epochs);
        }

        _fraction = report.PhaseFraction;
    }

    /// <summary>The time left, or null before any work is done.</summary>
    public TimeSpan? Of(TimeSpan elapsed) => _before + WorkHere is > 0 and double done ? elapsed * (Remaining / done) : null;

    /// <summary>Formats a time as in <c>3 min 20 s</c>.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s"),
        { TotalSeconds: < 60 } => "1 min 0 s",
        { TotalMinutes: < 60 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{(long)time.TotalHours} h {time.Minutes} min",
    };

    private double WorkHere => _place < 0 || _schedule is null ? 0 : (_fraction - _from) * _schedule.Phases[_place].Work;

    private double Remaining => _schedule is null || _place < 0 ? 0
        : _schedule.Phases.Skip(_place + 1).Sum(phase => phase.Work) + ((1 - _fraction) * _schedule.Phases[_place].Work);
}
