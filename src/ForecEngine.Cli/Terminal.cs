// The tool's output: results go to standard output and progress to standard error, as bars if that is a terminal, as plain lines
// if it is not, and not at all with --quiet.

using ForecEngine.Cli.Progress;
using Spectre.Console;

namespace ForecEngine.Cli;

internal sealed class Terminal(TextWriter output, TextWriter error, bool quiet, bool tables, Interruption interruption)
{
    private const string ShowCursor = "\u001b[?25h";

    private static volatile bool s_cursorIsHidden;

    private IAnsiConsole? _bars;

    /// <summary>The handling of signals.</summary>
    public Interruption Interruption { get; } = interruption;

    private bool IsWatched => ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>The writer for results as text for people.</summary>
    public TextWriter Output { get; } = tables ? new VisibleWriter(output) : TextWriter.Null;

    /// <summary>The writer for results for programs.</summary>
    public TextWriter Data { get; } = output;

    /// <summary>Writes a line of progress, above the bars if there are any.</summary>
    public void Say(string line)
    {
        if (!quiet)
            Write(line);
    }

    /// <summary>Announces the next activity, on a terminal only: a log should have only the result or an error line.</summary>
    public void Announce(string line)
    {
        if (IsWatched)
            Say(line);
    }

    /// <summary>Restores the terminal. A signal handler may call this.</summary>
    public static void Restore()
    {
        if (!s_cursorIsHidden)
            return;
        s_cursorIsHidden = false;
        Console.Error.WriteLine(ShowCursor);
        Console.Error.Flush();
    }

    /// <summary>Writes a warning, even with --quiet.</summary>
    public void Warn(string line) => Write($"forec: {line.ReplaceLineEndings(" ")}");

    private void Write(string line)
    {
        if (_bars is null)
            new VisibleWriter(error).WriteLine(line);
        else
            _bars.WriteLine(VisibleText.Of(line));
    }

    /// <summary>Runs training and shows its progress.</summary>
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
                    new ProgressBarColumn { Width = Math.Clamp(console.Profile.Width - 65, 8, 40) }, // leaves columns for the numbers
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
