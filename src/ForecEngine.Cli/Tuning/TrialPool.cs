// Runs the processes of runs, at most a number of them at once. The results do not depend on their number or on the order in which they
// end: they are read from files when all have ended.

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

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
        ConcurrentQueue<(int Place, TrialRun Run)> waiting = new();
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
        ConcurrentDictionary<int, Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(jobs, waiting.Count)).Select(_ => new Thread(Work))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        stop.ThrowIfCancellationRequested();
        if (failures.OrderBy(failure => failure.Key).FirstOrDefault(failure => failure.Value is not OperationCanceledException).Value
            is { } first)
            ExceptionDispatchInfo.Throw(first);
        foreach (TrialRun run in runs.Where(run => !results.ContainsKey(run.Digest)))
            results[run.Digest] = folder.Find(run, metric) ?? throw new TrialException($"{run.Name}: {folder.Of(run)} has no result");
        return results;

        void Work()
        {
            while (!end.IsCancellationRequested && waiting.TryDequeue(out (int Place, TrialRun Run) next))
            {
                try
                {
                    Train(next.Run, end.Token);
                }
                catch (Exception exception)
                {
                    failures[next.Place] = exception;
                    end.Cancel();
                }
            }
        }
    }

    private void Train(TrialRun run, CancellationToken stop)
    {
        TrialRequest request = new(folder.Of(run), run.Record, metric.Name, run.Words);
        for (int attempt = 1; ; attempt++)
        {
            using TrialProcess process = new(request, fraction => progress.Working(run, fraction));
            int status;
            using (stop.Register(process.End))
                status = process.Wait();
            if (status == 0)
            {
                foreach (string warning in process.Errors)
                    terminal.Warn($"{run.Name}: {warning}");
                progress.Finished(run, folder.Find(run, metric), isNew: true);
                return;
            }

            stop.ThrowIfCancellationRequested();
            string told = process.Errors is [.., var last] ? last : $"its process ended with status {status}";
            if (!process.IsKilled || attempt == Attempts)
                throw new TrialException($"{run.Name}: {told}");
            terminal.Say($"{run.Name}: its process was killed and starts again");
        }
    }
}

/// <summary>The error of a run that failed for another reason than divergence.</summary>
internal sealed class TrialException(string message) : ForecException(message);
