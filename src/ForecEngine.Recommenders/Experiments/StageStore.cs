// Where trained stages are kept: in a cache that runs share, and, while a run lasts, in its own directory, so that it can
// go on where it was cut off. Both only save time: a stage that cannot be taken is trained, with a line that says why, and
// the result is the same.

using System.Diagnostics;
using ForecEngine.Checkpoints;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Recommenders.Experiments;

/// <summary>Keeps stages for later runs.</summary>
public sealed class StageStore
{
    private const int LongestName = 64;

    private readonly string? _cache;
    private readonly string? _run;
    private readonly bool _resumes;
    private readonly TimeSpan _between;
    private readonly Action<string> _say;
    private long _saved = Stopwatch.GetTimestamp();

    /// <summary>A store.</summary>
    /// <param name="cache">The directory that runs share, or null.</param>
    /// <param name="run">The run's own directory, or null; stages go into a directory <c>stages</c> in it.</param>
    /// <param name="resumes">Whether the run's own stages are taken; if not, those of an earlier run are removed.</param>
    /// <param name="between">The least time between checkpoints inside a stage.</param>
    /// <param name="say">Is told what was taken and what could not be.</param>
    public StageStore(string? cache, string? run, bool resumes, TimeSpan between, Action<string> say)
    {
        (_cache, _run, _resumes, _between, _say) = (cache, run is null ? null : Path.Combine(run, "stages"), resumes, between, say);
        if (!resumes)
            RemoveOwn();
    }

    /// <summary>The last checkpoint written or taken; null before the first.</summary>
    internal string? LastCheckpoint { get; private set; }

    /// <summary>Removes the run's own stages: its result is written, nothing is left to resume.</summary>
    public void RemoveOwn()
    {
        if (_run is not null && Directory.Exists(_run))
            Directory.Delete(_run, recursive: true);
    }

    /// <summary>Takes a finished stage over, if there is one.</summary>
    /// <returns>How it ended and whether another run trained it, or null.</returns>
    internal (PhaseState End, bool Cached)? TakeFinished(StageRecord record, PhaseSetup setup)
    {
        if (_resumes && Take(_run, Finished(record), record, setup) is { } own)
            return (own, false);
        return Take(_cache, Finished(record), record, setup) is { } cached ? (cached, true) : null;
    }

    /// <summary>Takes an unfinished stage over, if there is one.</summary>
    /// <returns>Where it stood, or null.</returns>
    internal PhaseState? TakeUnfinished(StageRecord record, PhaseSetup setup) => _resumes ? Take(_run, Unfinished(record), record, setup) : null;

    /// <summary>Keeps an unfinished stage, if the last checkpoint is long enough ago.</summary>
    internal void KeepUnfinished(StageRecord record, PhaseSetup setup, PhaseState state)
    {
        if (_run is not null && Stopwatch.GetElapsedTime(_saved) >= _between)
            Keep(_run, Unfinished(record), record, setup, state);
    }

    /// <summary>Keeps a finished stage.</summary>
    internal void KeepFinished(StageRecord record, PhaseSetup setup, PhaseState end)
    {
        if (_cache is not null)
            Keep(_cache, Finished(record), record, setup, end);
        if (_run is null)
            return;
        Keep(_run, Finished(record), record, setup, end);
        File.Delete(Path.Combine(_run, Unfinished(record)));
    }

    private static string Finished(StageRecord record) => $"{FileName(record)}.safetensors";

    private static string Unfinished(StageRecord record) => $"{FileName(record)}.unfinished.safetensors";

    // The key tells stages apart; the stage's name is for the reader, and holds a market's, which may be any text.
    private static string FileName(StageRecord record)
    {
        string name = string.Concat(record.Stage.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' ? c : '_'));
        return $"{name}-{record.Key()[..32]}";
    }

    private PhaseState? Take(string? directory, string name, StageRecord record, PhaseSetup setup)
    {
        if (directory is null || Path.Combine(directory, name) is var path && !File.Exists(path))
            return null;
        try
        {
            PhaseState state = StageFile.Read(path, record, setup);
            _say($"{record.Stage}: {state.Epochs} epochs taken from {path}");
            LastCheckpoint = path;
            return state;
        }
        catch (CheckpointException exception)
        {
            _say($"{record.Stage}: trained again; {exception.Message}");
            return null;
        }
    }

    private void Keep(string directory, string name, StageRecord record, PhaseSetup setup, PhaseState state)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, name);
        StageFile.Write(path, record, setup, state);
        LastCheckpoint = path;
        _saved = Stopwatch.GetTimestamp();
    }
}
