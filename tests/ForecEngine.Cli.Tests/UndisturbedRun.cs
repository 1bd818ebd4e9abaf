// A run of a verb over the demo's data that nothing disturbs, and its folder for others of the same command line.

using System.Diagnostics;
using ForecEngine.Tests;
using ForecEngine.Tests.Checkpoints;

namespace ForecEngine.Cli.Tests;

public abstract class UndisturbedRun : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _verb;
    private readonly string _input;

    /// <summary>Runs the verb once, into the folder <c>whole</c>.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="input">The name of its input.</param>
    /// <param name="content">The content of its input.</param>
    protected UndisturbedRun(string verb, string input, string content)
    {
        (_verb, _input) = (verb, input);
        File.WriteAllText(_directory[input], content);
        long start = Stopwatch.GetTimestamp();
        Run("whole").Wait().Done();
        Time = Stopwatch.GetElapsedTime(start);
    }

    /// <summary>How long the run took.</summary>
    public TimeSpan Time { get; }

    /// <summary>A path in the folder.</summary>
    public string this[string name] => _directory[name];

    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a run into a folder.</summary>
    internal ToolProcess Run(string name, params string[] more) => new(
        [_verb, this[_input], "--data", RepositoryFiles.At("data"), "--jobs", "2", "--out", this[name], .. more]);
}
