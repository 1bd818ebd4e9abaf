// Runs the trainings of trials in processes. The results do not depend on the number of processes or on the order in which they end: they
// are read from files when all have ended.

using System.Text.Json;
using ForecEngine.Cli.Processes;

namespace ForecEngine.Cli.Tuning;

internal sealed class TrialPool(TrialFolder folder, Metric metric, int jobs, TuneProgress progress, Terminal terminal)
{
    // A process may be killed for want of memory, or by hand.
    private const int Attempts = 3;

    /// <summary>Trains the runs that have not finished yet.</summary>
    /// <returns>The results by digest.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled; all processes have ended.</exception>
    /// <exception cref="TrialException">A run has failed, other than by diverging.</exception>
    public IReadOnlyDictionary<string, RunResult> Run(IReadOnlyList<TrialRun> runs, CancellationToken stop)
    {
        Dictionary<string, RunResult> results = new(StringComparer.Ordinal);
        Queue<(int Place, TrialRun Run)> waiting = new();
        foreach ((int place, TrialRun run) in runs.Index())
        {
            if (folder.Find(run, metric) is { } found)
            {
                results[run.Digest] = found;
                progress.Finished(run, found, isNew: false);
            }
            else
            {
                waiting.Enqueue((place, run));
            }
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Source source = new(folder, metric, waiting, progress, terminal, end);
        try
        {
            new WorkerPool(TrialWorker.Word, Math.Min(jobs, waiting.Count)).Run(source, end.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw source.First ?? new TrialException("the trainings have ended for an unknown reason");
        }

        foreach (TrialRun run in runs.Where(run => !results.ContainsKey(run.Digest)))
            results[run.Digest] = folder.Find(run, metric) ?? throw new TrialException($"{run.Name}: {folder.Of(run)} has no result");
        return results;
    }

    // The first failure, in the order of the runs, ends the search.
    private sealed class Source(
        TrialFolder folder, Metric metric, Queue<(int Place, TrialRun Run)> waiting, TuneProgress progress, Terminal terminal,
        CancellationTokenSource end) : IWorkSource<(int Place, TrialRun Run)>
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<int, int> _attempts = [];
        private readonly SortedDictionary<int, TrialException> _failures = [];

        public TrialException? First => _failures.Values.FirstOrDefault();

        public bool TryTake(out (int Place, TrialRun Run) task, CancellationToken stop)
        {
            lock (_lock)
                return waiting.TryDequeue(out task) && !stop.IsCancellationRequested;
        }

        public string Request((int Place, TrialRun Run) task) => JsonSerializer.Serialize(
            new TrialRequest(folder.Of(task.Run), task.Run.Record, metric.Name, task.Run.Words));

        public void Working((int Place, TrialRun Run) task, double fraction) => progress.Working(task.Run, fraction);

        public void Ended((int Place, TrialRun Run) task, WorkerAnswer answer)
        {
            string name = task.Run.Name;
            foreach (string warning in answer.Warnings)
                terminal.Warn($"{name}: {warning}");
            if (answer.Outcome == WorkerOutcome.Done)
            {
                progress.Finished(task.Run, folder.Find(task.Run, metric), isNew: true);
                return;
            }

            lock (_lock)
            {
                int attempts = _attempts[task.Place] = _attempts.GetValueOrDefault(task.Place) + 1;
                if (answer.Outcome == WorkerOutcome.Killed && attempts < Attempts)
                {
                    terminal.Say($"{name}: its process was killed and starts again");
                    waiting.Enqueue(task);
                    return;
                }

                _failures[task.Place] = new TrialException($"{name}: {answer.Message}");
            }

            end.Cancel();
        }
    }
}

/// <summary>The error of a run that failed for another reason than divergence.</summary>
internal sealed class TrialException(string message) : ForecException(message);
