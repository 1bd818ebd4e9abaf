// Runs the tasks of a sweep in job arrays: an array for each level of the tasks, after those of the level before. afterany lets a level
// begin even if tasks before it have failed; a cell then trains the stages that it misses. Results in the folder say what has finished,
// and the queue only whether jobs remain. All jobs of a sweep have the same name, which follows from its folder, so that the same command,
// started again, follows the jobs that an earlier one has left.

using System.Diagnostics;
using ForecEngine.Cli.Processes;

namespace ForecEngine.Cli.Sweeps.Slurm;

internal sealed class SlurmExecutor
{
    private const int NameDigits = 8;

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_mostBetweenQueues = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(30);

    // Reasons that pass without the user.
    private static readonly string[] s_ordinary =
        ["None", "Priority", "Resources", "Dependency", "BeginTime", "JobArrayTaskLimit", "Cleaning", "Prolog"];

    private readonly Manifest _manifest;
    private readonly string _path;
    private readonly SweepFolder _folder;
    private readonly SlurmOptions _options;
    private readonly int _retries;
    private readonly Terminal _terminal;
    private readonly string _name;
    private readonly SlurmScript _script;
    private readonly Dictionary<string, SweepTask> _byDigest;
    private readonly HashSet<SweepTask> _undone = [];
    private readonly Dictionary<string, JobLog> _failed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _logs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>An executor for the unfinished tasks of a manifest.</summary>
    /// <param name="manifest">The tasks.</param>
    /// <param name="path">The folder of the sweep.</param>
    /// <param name="options">What jobs ask for.</param>
    /// <param name="retries">How often a task is tried again, in its job, and in a new job if its job has died.</param>
    /// <param name="terminal">Shows what happens.</param>
    public SlurmExecutor(Manifest manifest, string path, SlurmOptions options, int retries, Terminal terminal)
    {
        (_manifest, _options, _retries, _terminal) = (manifest, options, retries, terminal);
        _path = Path.GetFullPath(path);
        _folder = new SweepFolder(_path);
        _name = $"forec-{SweepTask.DigestOf(_path)[..NameDigits]}";
        (string file, string[] arguments) = WorkerProcess.Command();
        _script = new SlurmScript([file, .. arguments], _path, _name, options, retries);
        _byDigest = manifest.Tasks.ToDictionary(task => task.Digest);
    }

    /// <summary>Writes the scripts, and prints them with the commands that submit them.</summary>
    public void Print()
    {
        int longest = SlurmCommands.DefaultArraySize;
        try
        {
            longest = SlurmCommands.MaxArraySize();
        }
        catch (IOException exception)
        {
            _terminal.Say($"{exception.Message}; arrays are cut at {longest} elements, Slurm's default");
        }

        IReadOnlyList<JobArray> arrays = JobArray.Cut(Remaining(), _options.Cpus, longest);
        for (int i = 0; i < arrays.Count; i++)
        {
            string[] after = [.. Before(arrays, i).Select(place => $"$job{place + 1}")];
            string dependency = after.Length > 0 ? $" --dependency=afterany:{string.Join(':', after)}" : "";
            _terminal.Output.WriteLine($"# job{i + 1}=$(sbatch --parsable{dependency} {Interruption.Quoted(Write(arrays[i]))})");
            _terminal.Output.Write(_script.Text(arrays[i]));
            _terminal.Output.WriteLine();
        }

        _terminal.Output.WriteLine($"# forec sweep merge --out {Interruption.Quoted(_path)}");
    }

    /// <summary>Submits jobs, follows them, and submits again what jobs that died have left.</summary>
    /// <returns>The tasks that have failed.</returns>
    /// <exception cref="IOException">Slurm is not there, or refuses a job.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled; so are the jobs.</exception>
    public IReadOnlyList<FailedTask> Run(Action<TrainingProgress>? report, CancellationToken stop)
    {
        SweepProgress progress = new(_terminal, report);
        IReadOnlyList<SweepTask> tasks = Remaining();
        progress.Begin(tasks);
        _undone.UnionWith(tasks);
        if (tasks.Count == 0)
            return [];
        int longest = SlurmCommands.MaxArraySize();
        int earlier = SlurmCommands.Jobs(_name).Count;
        try
        {
            if (earlier > 0)
            {
                _terminal.Say($"jobs of this sweep are already in the queue, as {_name}; they are followed first");
                Follow(progress, stop);
            }

            for (tasks = Remaining(); tasks.Count > 0; tasks = Remaining())
            {
                int before = _undone.Count;
                Submit(JobArray.Cut(tasks, _options.Cpus, longest));
                Follow(progress, stop);
                Judge(tasks, progress, isStuck: _undone.Count == before);
            }

            End(progress, stop);
        }
        catch
        {
            Cancel();
            throw;
        }

        return
        [
            .. _failed.Where(failed => _byDigest[failed.Key].Kind == TaskKind.Cell).GroupBy(failed => failed.Value.Cause.Digest)
                .Select(group => new FailedTask(
                    _byDigest[group.Key], group.First().Value.Problem, group.Count(failed => failed.Key != group.Key))),
        ];
    }

    // A failed stage is not submitted again; the cells that need it train it themselves.
    private IReadOnlyList<SweepTask> Remaining() =>
    [
        .. UnfinishedTasks.Of(_manifest.Tasks, _manifest.Cells.Where(cell => !_failed.ContainsKey(cell.Digest)), _folder, _terminal)
            .Where(task => !_failed.ContainsKey(task.Digest)),
    ];

    // The places of the arrays that an array must wait for. At most so many jobs at once means one array after another.
    private IEnumerable<int> Before(IReadOnlyList<JobArray> arrays, int place)
    {
        if (_options.MaxParallel is not null)
            return place > 0 ? [place - 1] : [];
        int? level = arrays.Take(place).LastOrDefault(array => array.Level < arrays[place].Level)?.Level;
        return Enumerable.Range(0, place).Where(other => arrays[other].Level == level);
    }

    private string Write(JobArray array)
    {
        string script = Path.Combine(_path, SweepFolder.Jobs, $"{array.Name}.sh");
        Directory.CreateDirectory(Path.Combine(_path, SweepFolder.Jobs));
        Directory.CreateDirectory(Path.Combine(_path, SweepFolder.Logs));
        AtomicFile.Write(Path.Combine(_path, SweepFolder.Jobs, array.List), string.Concat(array.Tasks.Select(task => $"{task.Digest}\n")));
        AtomicFile.Write(script, _script.Text(array));
        return script;
    }

    private void Submit(IReadOnlyList<JobArray> arrays)
    {
        List<string> jobs = [];
        for (int i = 0; i < arrays.Count; i++)
        {
            JobArray array = arrays[i];
            string script = Write(array);
            string job = SlurmCommands.Submit(
                script, [.. Before(arrays, i).Select(place => jobs[place])], _script.Directives(array).Select(directive => directive.Name));
            jobs.Add(job);
            _terminal.Say($"job {job} has {Counted.Of(array.Count, "element")} for level {array.Level}; logs are in "
                + Path.Combine(_path, SweepFolder.Logs));
            for (int element = 0; element < array.Count; element++)
            {
                foreach (SweepTask task in array.Element(element))
                    _logs[task.Digest] = Path.Combine(_path, SweepFolder.Logs, $"{job}_{element}.log");
            }
        }
    }

    // Waits until all cells have finished or no job is left.
    private void Follow(SweepProgress progress, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp(), asked = start;
        while (Look(progress))
        {
            TimeSpan between = Stopwatch.GetElapsedTime(start) / 10;
            if (Stopwatch.GetElapsedTime(asked) >= (between < s_mostBetweenQueues ? between : s_mostBetweenQueues))
            {
                asked = Stopwatch.GetTimestamp();
                if (Jobs() is { Count: 0 })
                {
                    // A node may have just written a result that a shared file system shows only after a moment.
                    Wait(s_betweenLooks, stop);
                    foreach (string folder in Directory.GetDirectories(_path))
                        Directory.GetFileSystemEntries(folder);
                    Look(progress);
                    return;
                }
            }

            Wait(s_betweenLooks, stop);
        }
    }

    // Whether a cell remains.
    private bool Look(SweepProgress progress)
    {
        foreach (SweepTask task in _undone.Where(_folder.IsDone).ToArray())
        {
            _undone.Remove(task);
            progress.Finished(task, _folder);
        }

        return _undone.Any(task => task.Kind == TaskKind.Cell && !_failed.ContainsKey(task.Digest));
    }

    private IReadOnlyList<QueuedJob>? Jobs()
    {
        try
        {
            IReadOnlyList<QueuedJob> jobs = SlurmCommands.Jobs(_name);
            foreach (QueuedJob job in jobs.Where(job => job.State == "PD" && !s_ordinary.Contains(job.Reason) && _said.Add(job.Reason)))
                _terminal.Say($"job {job.Id} waits: {job.Reason}");
            return jobs;
        }
        catch (IOException exception)
        {
            if (_said.Add(exception.Message))
                _terminal.Warn($"{exception.Message}; jobs go on without it");
            return null;
        }
    }

    // Decides what becomes of the tasks whose jobs have ended without a result.
    private void Judge(IReadOnlyList<SweepTask> tasks, SweepProgress progress, bool isStuck)
    {
        int again = 0;
        foreach (SweepTask task in tasks.Where(_undone.Contains))
        {
            JobLog log = JobLog.Read(_logs[task.Digest], task, Stages(task));
            if (log.End == JobEnd.Died || (log.End == JobEnd.Stopped && isStuck))
                _attempts[task.Digest] = _attempts.GetValueOrDefault(task.Digest) + 1;
            if (log.End == JobEnd.Failed || _attempts.GetValueOrDefault(task.Digest) > _retries)
            {
                _failed[task.Digest] = log;
                progress.Failed(task);
                continue;
            }

            if (again++ == 0)
                _terminal.Say($"{task.Name}: {log.Problem}; it is submitted again");
        }

        if (again > 1)
            _terminal.Say($"{Counted.Of(again - 1, "more task")} of jobs that have ended early are submitted again");
    }

    private IEnumerable<SweepTask> Stages(SweepTask task) =>
        task.After.Select(digest => _byDigest[digest]).SelectMany(stage => Stages(stage).Prepend(stage));

    // Jobs that are requeued would find nothing to do. Those that run are about to end.
    private void End(SweepProgress progress, CancellationToken stop)
    {
        foreach (SweepTask stage in _undone.Where(task => !_failed.ContainsKey(task.Digest)))
            progress.Finished(stage, _folder);
        long start = Stopwatch.GetTimestamp();
        while (Jobs() is { Count: > 0 } jobs && Stopwatch.GetElapsedTime(start) < s_longestEnd)
        {
            if (jobs.Any(job => job.State == "PD"))
                SlurmCommands.Cancel(_name, onlyPending: true);
            Wait(s_betweenLooks / 4, stop);
        }
    }

    private void Cancel()
    {
        try
        {
            SlurmCommands.Cancel(_name, onlyPending: false);
        }
        catch (IOException exception)
        {
            _terminal.Warn($"{exception.Message}; 'scancel --name={_name}' ends the jobs");
        }
    }

    private static void Wait(TimeSpan time, CancellationToken stop)
    {
        stop.WaitHandle.WaitOne(time);
        stop.ThrowIfCancellationRequested();
    }
}
