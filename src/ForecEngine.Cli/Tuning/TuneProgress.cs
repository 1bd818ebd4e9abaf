// The progress of a search: a bar for each rung, and a line for each trial that has finished in it.

namespace ForecEngine.Cli.Tuning;

internal sealed class TuneProgress(Terminal terminal, Metric metric, TrainingSchedule schedule, Action<TrainingProgress>? report)
{
    private const double AlmostDone = 0.999; // the bar is full only when all runs have finished

    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _working = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunResult?> _finished = new(StringComparer.Ordinal);
    private IReadOnlyList<(int Trial, IReadOnlyList<OptionSetting> Options, IReadOnlyList<TrialRun> Runs)> _trials = [];
    private int _place = -1;
    private int _runs;

    /// <summary>Begins the next rung.</summary>
    public void Begin(IReadOnlyList<(int Trial, IReadOnlyList<OptionSetting> Options, IReadOnlyList<TrialRun> Runs)> trials)
    {
        lock (_lock)
        {
            (_trials, _place) = (trials, _place + 1);
            _runs = trials.SelectMany(trial => trial.Runs).DistinctBy(run => run.Digest).Count();
            _finished.Clear();
            _working.Clear();
        }
    }

    /// <summary>Reports how much of a run is done.</summary>
    public void Working(TrialRun run, double fraction)
    {
        lock (_lock)
        {
            if (_finished.ContainsKey(run.Digest))
                return;
            _working[run.Digest] = fraction;
            Report();
        }
    }

    /// <summary>Reports that a run has finished.</summary>
    /// <param name="run">The run.</param>
    /// <param name="result">Its result.</param>
    /// <param name="isNew">Whether it was trained now, so that the end of its trial is worth a line.</param>
    public void Finished(TrialRun run, RunResult? result, bool isNew)
    {
        lock (_lock)
        {
            _working.Remove(run.Digest);
            _finished[run.Digest] = result;
            foreach ((int trial, IReadOnlyList<OptionSetting> options, IReadOnlyList<TrialRun> runs) in _trials)
            {
                if (isNew && runs.Any(other => other.Digest == run.Digest) && runs.All(other => _finished.ContainsKey(other.Digest)))
                    Say(trial, options, Score.Of(runs.Select(other => _finished[other.Digest] ?? new RunResult(null, "no result"))));
            }

            Report();
        }
    }

    private void Say(int trial, IReadOnlyList<OptionSetting> options, Score score)
    {
        string result = score.Mean is { } mean ? $"valid {metric.Name} {ResultTable.Metric(mean)}" : $"failed ({score.Failure})";
        terminal.Say($"{schedule.Phases[_place].Name}: trial {trial + 1}: {result}, "
            + string.Join(' ', options.Select(option => $"--{option.Option.Name} {option.Value}")));
    }

    // Runs of an earlier call count as done before this one began, so that they do not enter the estimate of the time left.
    private void Report() => report?.Invoke(new TrainingProgress(
        schedule.Phases[_place].Name, Epoch: _finished.Count + 1, Epochs: _runs,
        EpochFraction: Math.Min(_working.Values.Sum(), (_runs - _finished.Count) * AlmostDone), Samples: 0, Seconds: 0, Loss: double.NaN)
    {
        Schedule = schedule,
        Place = _place,
    });
}
