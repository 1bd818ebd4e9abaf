// Where the tool writes: results to standard output, progress to standard error - a bar where that is a terminal, plain
// lines where it is not, nothing under --quiet.

using System.Globalization;
using ForecEngine.Recommenders.Training;
using Spectre.Console;

namespace ForecEngine.Cli;

/// <summary>Standard output and standard error, as verbs use them.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="quiet">Whether progress is left out.</param>
/// <param name="tables">Whether results are printed for people.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, bool quiet, bool tables)
{
    private IAnsiConsole? _bars;

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

    /// <summary>Runs training with its progress shown.</summary>
    public T Follow<T>(Func<Action<TrainingProgress>?, T> train)
    {
        if (quiet)
            return train(null);
        if (Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error))
            return train(new PlainProgress(error).Report);

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        _bars = console;
        try
        {
            return console.Progress()
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
                .Start(context => train(new BarProgress(context).Report));
        }
        finally
        {
            _bars = null;
        }
    }

    private static string Describe(in TrainingProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Phase} epoch {progress.Epoch}/{progress.Epochs}  loss {progress.Loss:F4}  {progress.SamplesPerSecond:N0} samples/s");

    /// <summary>A line at the end of an epoch, five to a phase and its last at the least.</summary>
    private sealed class PlainProgress(TextWriter error)
    {
        public void Report(TrainingProgress progress)
        {
            int every = Math.Max(1, progress.Epochs / 5);
            if (progress.EpochFraction >= 1 && (progress.Epoch % every == 0 || progress.Epoch == progress.Epochs))
                error.WriteLine($"{Describe(progress)}  {progress.SecondsLeft.ToString("F0", CultureInfo.InvariantCulture)} s left");
        }
    }

    /// <summary>A bar a phase.</summary>
    private sealed class BarProgress(ProgressContext context)
    {
        private const long RedrawMilliseconds = 50;
        private readonly Dictionary<string, ProgressTask> _bars = [];
        private long _drawn;

        public void Report(TrainingProgress progress)
        {
            long now = Environment.TickCount64;
            bool last = progress.Epoch == progress.Epochs && progress.EpochFraction >= 1;
            if (now - _drawn < RedrawMilliseconds && !last)
                return;
            _drawn = now;
            if (!_bars.TryGetValue(progress.Phase, out ProgressTask? bar))
                _bars[progress.Phase] = bar = context.AddTask(progress.Phase);
            bar.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{Describe(progress)}  {progress.SecondsLeft:F0} s left"));
            bar.Value = 100 * (progress.Epoch - 1 + progress.EpochFraction) / progress.Epochs;
        }
    }
}
