// Runs tasks in processes, at most a number of them at once. A process takes several tasks one after another, because its start costs about
// as much as a small training.

using System.Runtime.ExceptionServices;

namespace ForecEngine.Cli.Processes;

/// <summary>Where a pool takes its tasks from. Its members are called from several threads.</summary>
internal interface IWorkSource<TTask>
{
    /// <summary>Waits for the next task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Whether there is one; if not, all have ended.</returns>
    bool TryTake(out TTask task, CancellationToken stop);

    /// <summary>A task as a line of JSON.</summary>
    string Request(TTask task);

    /// <summary>A part of a task is done.</summary>
    void Working(TTask task, double fraction);

    /// <summary>A task has ended; a failed one may be returned by <see cref="TryTake"/> again.</summary>
    void Ended(TTask task, WorkerAnswer answer);
}

/// <summary>Runs tasks.</summary>
/// <param name="word">The first word of the processes' command line.</param>
/// <param name="jobs">The number of processes.</param>
internal sealed class WorkerPool(string word, int jobs)
{
    /// <summary>Runs all tasks of a source.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled; all processes have ended.</exception>
    public void Run<TTask>(IWorkSource<TTask> source, CancellationToken stop)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, jobs).Select(_ => new Thread(Work))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        stop.ThrowIfCancellationRequested();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);

        void Work()
        {
            WorkerProcess? process = null;
            try
            {
                while (source.TryTake(out TTask task, end.Token))
                {
                    if (process is not { IsReady: true })
                    {
                        process?.Dispose();
                        process = new WorkerProcess(word);
                    }

                    WorkerProcess worker = process;
                    WorkerAnswer answer;
                    using (end.Token.Register(worker.End))
                        answer = worker.Do(source.Request(task), fraction => source.Working(task, fraction));
                    end.Token.ThrowIfCancellationRequested();
                    source.Ended(task, answer);
                }
            }
            catch (OperationCanceledException)
            {
                // The pool stops.
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
                end.Cancel();
            }
            finally
            {
                process?.Dispose();
            }
        }
    }
}
