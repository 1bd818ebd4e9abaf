// Stores trained stages: in a cache shared by runs and, while a run lasts, in its directory, so that it can resume after an
// interruption. Both only save time: a stage that cannot be read is trained again, and one that cannot be written is reported; the
// result is the same.

using System.Diagnostics;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Keeps stages for later runs.</summary>
public sealed class StageStore
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly StageFolder? _cache;
    private readonly StageFolder? _run;
    private readonly bool _resumes;
    private readonly TimeSpan _between;
    private readonly Action<string>? _say;
    private readonly Action<string>? _warn;
    private readonly HashSet<StageFolder> _failing = [];
    private long _saved = Stopwatch.GetTimestamp();

    /// <summary>A store.</summary>
    /// <param name="cache">The directory that runs share, or null.</param>
    /// <param name="run">The directory of the run, or null; its stages are stored in the subdirectory <c>stages</c>.</param>
    /// <param name="resumes">Whether to resume from stages in the directory of the run; if not, they are removed.</param>
    /// <param name="between">The least time between checkpoints inside a stage; zero for one at the end of every epoch.</param>
    /// <param name="say">Receives reports of reused stages, or null.</param>
    /// <param name="warn">Receives reports of stages that could not be read or written, or null.</param>
    /// <exception cref="IOException">The cache cannot be written to.</exception>
    public StageStore(
        string? cache, string? run, bool resumes = false, TimeSpan between = default, Action<string>? say = null,
        Action<string>? warn = null)
    {
        (_cache, _run) = (cache is null ? null : new StageFolder(cache), run is null ? null : OfRun(run));
        (_resumes, _between, _say, _warn) = (resumes, between, say, warn);
        _cache?.Probe();
        _cache?.Sweep(alone: false);
        if (!resumes)
            _run?.Remove();
    }

    /// <summary>
    /// Whether a stage, by its name, is one that runs share; null if all are. Others are neither read from the cache nor written to it.
    /// </summary>
    public Func<string, bool>? IsShared { get; init; }

    /// <summary>The last checkpoint that was written or read; null before the first.</summary>
    public string? LastCheckpoint { get; private set; }

    /// <summary>Why the last stage that was not saved was not; null if all were.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>The folder of the stages of a run.</summary>
    internal static StageFolder OfRun(string run) => new(Path.Combine(run, "stages"));

    /// <summary>
    /// Locks a stage of the cache, so that no two runs train it at the same time. Waits while another run has the lock. The lock of a
    /// killed run is free.
    /// </summary>
    /// <returns>The lock, or null if there is no cache or it cannot be written; training continues in both cases.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    internal IDisposable? Lock(StageRecord record, CancellationToken stop)
    {
        if (CacheOf(record) is not { } cache)
            return null;
        try
        {
            for (bool waits = false; ; waits = true)
            {
                if (cache.TryLock(record) is { } held)
                    return held;
                if (!waits)
                    _say?.Invoke($"{record.Stage}: another run is training it for {cache.Path}; waiting for it");
                stop.WaitHandle.WaitOne(s_betweenLooks);
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (_failing.Add(cache))
                _warn?.Invoke($"{record.Stage}: not saved, training continues; {exception.Message}");
            return null;
        }
    }

    /// <summary>
    /// Reads a finished stage, if there is one. One of this run that is not in the cache, because the run ended between the two, is
    /// written to it.
    /// </summary>
    /// <returns>Its state and whether another run trained it, or null.</returns>
    internal (PhaseState End, bool Cached)? TakeFinished(StageRecord record, IFitting fitting)
    {
        if (_resumes && Take(_run?.Finished(record), record, fitting) is { } own)
        {
            if (!File.Exists(CachedFile(record)))
                Share(record, fitting, own);
            return (own, false);
        }

        return Take(CacheOf(record)?.Finished(record), record, fitting) is { } cached ? (cached, true) : null;
    }

    /// <summary>Reads an unfinished stage, if there is one.</summary>
    /// <returns>Its state, or null.</returns>
    internal PhaseState? TakeUnfinished(StageRecord record, IFitting fitting) =>
        _resumes ? Take(_run?.Unfinished(record), record, fitting) : null;

    /// <summary>Saves an unfinished stage in the directory of the run while it trains.</summary>
    /// <param name="record">The record of the stage.</param>
    /// <param name="experiment">The record of the experiment.</param>
    /// <param name="fitting">The phase.</param>
    internal ICheckpoints CheckpointsOf(StageRecord record, string experiment, IFitting fitting) =>
        new Checkpoints(this, record, experiment, fitting);

    /// <summary>Saves a finished stage, first in the directory of the run, as the run resumes from there.</summary>
    internal void KeepFinished(StageRecord record, string experiment, IFitting fitting, PhaseState end)
    {
        if (_run is not null)
        {
            Keep(_run, record, () =>
            {
                StageFile.Write(_run.Finished(record), record, experiment, fitting, end);
                File.Delete(_run.Unfinished(record));
                return _run.Finished(record);
            });
        }

        Share(record, fitting, end);
    }

    /// <summary>The file of a stage in the cache; null without a cache.</summary>
    internal string? CachedFile(StageRecord record) => CacheOf(record)?.Finished(record);

    private StageFolder? CacheOf(StageRecord record) => IsShared?.Invoke(record.Stage) == false ? null : _cache;

    private void Share(StageRecord record, IFitting fitting, PhaseState end)
    {
        if (CacheOf(record) is not { } cache)
            return;
        Keep(cache, record, () =>
        {
            StageFile.Write(cache.Finished(record), record, experiment: null, fitting, end);
            return _run is null ? cache.Finished(record) : LastCheckpoint;
        });
    }

    private PhaseState? Take(string? path, StageRecord record, IFitting fitting)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            PhaseState state = StageFile.Read(path, record, fitting);
            string epoch = state.Epochs > 0 ? $", after epoch {state.Epochs}" : "";
            string round = state.Part is { } part ? $", round {part.Rounds}" : "";
            _say?.Invoke($"{record.Stage}: taken from {path}{epoch}{round}");
            LastCheckpoint = path;
            return state;
        }
        catch (CheckpointException exception)
        {
            _warn?.Invoke($"{record.Stage}: trained again; {exception.Message}");
            return null;
        }
    }

    // A full disk costs checkpoints, but does not end the training. It is reported once until writing works again.
    private void Keep(StageFolder folder, StageRecord record, Func<string?> write)
    {
        _saved = Stopwatch.GetTimestamp();
        try
        {
            folder.Make();
            LastCheckpoint = write();
            _failing.Remove(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LastProblem = exception.Message;
            if (_failing.Add(folder))
                _warn?.Invoke($"{record.Stage}: not saved, training continues; {exception.Message}");
        }
    }

    private sealed class Checkpoints(StageStore store, StageRecord record, string experiment, IFitting fitting) : ICheckpoints
    {
        public bool IsDue => store._run is not null && store._between > TimeSpan.Zero && IsTime;

        private bool IsTime => Stopwatch.GetElapsedTime(store._saved) >= store._between;

        public void EpochEnded(PhaseState state)
        {
            if (IsTime)
                Keep(state);
        }

        public void Keep(PhaseState state)
        {
            if (store._run is { } run)
            {
                store.Keep(run, record, () =>
                {
                    StageFile.Write(run.Unfinished(record), record, experiment, fitting, state);
                    return run.Unfinished(record);
                });
            }
        }
    }
}
