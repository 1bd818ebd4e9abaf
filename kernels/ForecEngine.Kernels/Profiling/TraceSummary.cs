// Totals of a recording: the calls, time and work of each stage and kernel.

namespace ForecEngine.Kernels.Profiling;

/// <summary>The totals of all spans of one name.</summary>
/// <param name="Name">The name; <c>other</c> for time in no span.</param>
/// <param name="Calls">The number of spans.</param>
/// <param name="Seconds">Their total time.</param>
/// <param name="Share">Their fraction of the recording's time.</param>
/// <param name="Work">Their total work.</param>
public sealed record TraceLine(string Name, long Calls, double Seconds, double Share, Work Work)
{
    /// <summary>Billions of floating-point operations a second.</summary>
    public double Gflops => Seconds > 0 ? Work.Flops / Seconds / 1e9 : 0;

    /// <summary>Billions of bytes a second.</summary>
    public double Gbps => Seconds > 0 ? Work.Bytes / Seconds / 1e9 : 0;
}

/// <summary>The totals of a recording. The shares of the stages add up to 1, and so do those of the kernels.</summary>
/// <param name="Seconds">The recording's duration.</param>
/// <param name="Stages">The stages, the longest first, then the time in none of them.</param>
/// <param name="Kernels">The kernels, the longest first, then the time in none of them.</param>
public sealed record TraceSummary(double Seconds, IReadOnlyList<TraceLine> Stages, IReadOnlyList<TraceLine> Kernels)
{
    /// <summary>Computes the totals of a recording.</summary>
    public static TraceSummary Of(TraceRecording recording) => new(
        recording.Seconds, Lines(recording, SpanKind.Stage), Lines(recording, SpanKind.Kernel));

    private static TraceLine[] Lines(TraceRecording recording, SpanKind kind)
    {
        double whole = recording.Seconds;
        TraceLine[] lines =
        [
            .. recording.Spans.Where(span => span.Kind == kind).GroupBy(span => span.Name).Select(spans =>
            {
                double seconds = spans.Sum(span => span.Seconds);
                return new TraceLine(
                    spans.Key, spans.Count(), seconds, seconds / whole, spans.Aggregate(default(Work), (sum, span) => sum + span.Work));
            }).OrderByDescending(line => line.Seconds),
        ];
        double rest = whole - lines.Sum(line => line.Seconds);
        return [.. lines, new TraceLine("other", 0, rest, rest / whole, default)];
    }
}
