// The tasks of a sweep that remain, in the order of their dependencies. A task that another process is doing is tried again later, so
// that no process waits for a lock while it could do something else. A task that fails is tried again a few times; the tasks that need it
// are then left out.

using System.Text.Json;
using ForecEngine.Cli.Processes;

namespace ForecEngine.Cli.Sweeps;

internal sealed class SweepQueue : IWorkSource<SweepTask>
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly SweepFolder _folder;
    private readonly Func<SweepTask, string> _request;
    private readonly int _retries;
    private readonly SweepProgress _progress;
    private readonly Terminal _terminal;
    private readonly object _lock = new(); // a Lock has no Wait
    private readonly List<SweepTask> _waiting;
    private readonly HashSet<string> _undone;
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly List<FailedTask> _failed = [];
    private readonly Dictionary<string, long> _busyUntil = new(StringComparer.Ordinal);
    private int _running;

    /// <summary>A queue of some tasks and of the stages that they need.</summary>
    /// <param name="all">All tasks of the manifest.</param>
    /// <param name="chosen">The tasks to do.</param>
    /// <param name="folder">The folder of the sweep; tasks that are done there are left out.</param>
    /// <param name="request">A task as a line of JSON.</param>
    /// <param name="retries">How often a failed task is tried again.</param>
    /// <param name="progress">Shows the progress.</param>
    /// <param name="terminal">Receives warnings.</param>
    public SweepQueue(
        IReadOnlyList<SweepTask> all, IEnumerable<SweepTask> chosen, SweepFolder folder, Func<SweepTask, string> request, int retries,
        SweepProgress progress, Terminal terminal)
    {
        (_folder, _request, _retries, _progress, _terminal) = (folder, request, retries, progress, terminal);

        // Stages first, in the order of the manifest, so that cells become possible early.
        _waiting = [.. UnfinishedTasks.Of(all, chosen, folder, terminal).OrderBy(task => task.Kind)];
        _undone = [.. _waiting.Select(task => task.Digest)];
        progress.Begin(_waiting);
    }

    /// <summary>The number of tasks that remain.</summary>
    public int Count => _waiting.Count;

    /// <summary>The tasks that have failed.</summary>
    public IReadOnlyList<FailedTask> Failed => _failed;

    public bool TryTake(out SweepTask task, CancellationToken stop)
    {
        lock (_lock)
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                long now = Environment.TickCount64;
                int place = _waiting.FindIndex(other =>
                    !other.After.Any(_undone.Contains) && _busyUntil.GetValueOrDefault(other.Digest) <= now);
                if (place >= 0)
                {
                    task = _waiting[place];
                    _waiting.RemoveAt(place);
                    _running++;
                    return true;
                }

                if (_waiting.Count == 0 && _running == 0)
                {
                    task = null!;
                    return false;
                }

                Monitor.Wait(_lock, s_betweenLooks);
            }
        }
    }

    public string Request(SweepTask task) => _request(task);

    public void Working(SweepTask task, double fraction) => _progress.Working(task, fraction);

    public void Ended(SweepTask task, WorkerAnswer answer)
    {
        foreach (string warning in answer.Warnings)
            _terminal.Warn($"{task.Name}: {warning}");
        lock (_lock)
        {
            _running--;
            switch (answer.Outcome)
            {
                case WorkerOutcome.Done:
                    _undone.Remove(task.Digest);
                    _progress.Finished(task, _folder);
                    break;
                case WorkerOutcome.Busy:
                    _busyUntil[task.Digest] = Environment.TickCount64 + (2 * (long)s_betweenLooks.TotalMilliseconds);
                    _waiting.Add(task);
                    break;
                default:
                    Again(task, answer);
                    break;
            }

            Monitor.PulseAll(_lock);
        }
    }

    private void Again(SweepTask task, WorkerAnswer answer)
    {
        string problem = answer.Message ?? "its process has ended";
        int attempts = _attempts[task.Digest] = _attempts.GetValueOrDefault(task.Digest) + 1;
        if (attempts <= _retries)
        {
            _terminal.Say($"{task.Name}: {problem}; it starts again");
            _waiting.Insert(0, task);
            return;
        }

        Fail(task, problem);
    }

    private void Fail(SweepTask task, string problem)
    {
        List<SweepTask> lost = [task];
        for (int i = 0; i < lost.Count; i++)
        {
            _progress.Failed(lost[i]);
            lost.AddRange(_waiting.Where(other => other.After.Contains(lost[i].Digest)));
        }

        _waiting.RemoveAll(lost.Contains);
        _failed.Add(new FailedTask(task, problem, lost.Skip(1).Count(other => other.Kind == TaskKind.Cell)));
    }
}
