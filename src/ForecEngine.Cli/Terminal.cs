// Where the tool writes: results to standard output, progress to standard error - bars where that is a terminal, plain lines
// where it is not, nothing under --quiet.

using ForecEngine.Cli.Progress;
using ForecEngine.Recommenders.Training;
using Spectre.Console;

namespace ForecEngine.Cli;

/// <summary>Standard output and standard error, as verbs use them.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="quiet">Whether progress is left out.</param>
/// <param name="tables">Whether results are printed for people.</param>
/// <param name="interruption">What a signal does.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, bool quiet, bool tables, Interruption interruption)
{
    private const string ShowCursor = "\u001b[?25h";

    private static volatile bool s_cursorIsHidden;

    private IAnsiConsole? _bars;

    /// <summary>What a signal does.</summary>
    public Interruption Interruption { get; } = interruption;

    private bool IsWatched => ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>Results for people.</summary>
    public TextWriter Output { get; } = tables ? new VisibleWriter(output) : TextWriter.Null;

    /// <summary>Results for programs.</summary>
    public TextWriter Data { get; } = output;

    /// <summary>A line of progress; above the bars, while there are any.</summary>
    public void Say(string line)
    {
        if (quiet)
            return;
        if (_bars is null)
            new VisibleWriter(error).WriteLine(line);
        else
            _bars.WriteLine(VisibleText.Of(line));
    }

    /// <summary>What is begun, for whoever watches; in a log, the line that says what went wrong stands alone.</summary>
    public void Announce(string line)
    {
        if (IsWatched)
            Say(line);
    }

    /// <summary>Gives the terminal back as it was found; a signal's handler may call this.</summary>
    public static void Restore()
    {
        if (!s_cursorIsHidden)
            return;
        s_cursorIsHidden = false;
        Console.Error.WriteLine(ShowCursor);
        Console.Error.Flush();
    }

    /// <summary>A line about what went wrong without ending the run; said under --quiet too.</summary>
    public void Warn(string line)
    {
        string told = $"forec: {line.ReplaceLineEndings(" ")}";
        if (_bars is null)
            new VisibleWriter(error).WriteLine(told);
        else
            _bars.WriteLine(VisibleText.Of(told));
    }

    /// <summary>Runs training with its progress shown.</summary>
    public T Follow<T>(Func<Action<TrainingProgress>?, T> train)
    {
        if (quiet)
            return train(null);
        if (!IsWatched)
            return train(new PhaseLines(new VisibleWriter(error)).Report);

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        _bars = console;
        s_cursorIsHidden = true;
        try
        {
            return console.Progress()
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn { Width = Math.Clamp(console.Profile.Width - 65, 8, 40) }, // leaves room for the numbers
                    new PercentageColumn())
                .Start(context => train(new PhaseBars(context).Report));
        }
        finally
        {
            Restore();
            _bars = null;
        }
    }
}
