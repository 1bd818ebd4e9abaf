// Progress without a terminal: a line at the end of each phase.

using System.Diagnostics;

namespace ForecEngine.Cli.Progress;

internal sealed class PhaseLines(TextWriter error)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeLeft _left = new();

    /// <summary>Writes a line if a phase has ended.</summary>
    public void Report(TrainingProgress report)
    {
        _left.Update(report);
        if (report.PhaseFraction < 1)
            return;
        int phases = report.Schedule?.Phases.Count ?? 1;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        string left = report.Place + 1 < phases && _left.Of(elapsed) is { } time ? $", about {TimeLeft.Text(time)} left" : "";
        string phase = $"{report.Phase} ({report.Place + 1} of {phases})";
        error.WriteLine($"{phase}: {Describe(report)}{TimeLeft.Text(elapsed)} since the start{left}");
    }

    private static string Describe(in TrainingProgress report) => double.IsNaN(report.Loss) ? "done, " : string.Create(
        CultureInfo.InvariantCulture,
        $"{Counted.Of(report.Epochs, "epoch")}, loss {report.Loss:F4}, {report.SamplesPerSecond:N0} samples/s, ");
}
