// The spans of one thread between the start and the end of a recording.

using System.Diagnostics;

namespace ForecEngine.Kernels.Profiling;

/// <summary>Records the spans of the calling thread until it is disposed of.</summary>
public sealed class TraceRecording : IDisposable
{
    [ThreadStatic]
    private static TraceRecording? t_current;

    private readonly List<TraceSpan> _spans = [];

    /// <summary>Begins to record.</summary>
    /// <exception cref="InvalidOperationException">The thread already has a recording.</exception>
    public TraceRecording()
    {
        if (t_current is not null)
            throw new InvalidOperationException("this thread already has a recording; dispose of it first");
        t_current = this;
        Start = Stopwatch.GetTimestamp();
    }

    /// <summary>When it began, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Start { get; }

    /// <summary>When it ended, or 0.</summary>
    public long End { get; private set; }

    /// <summary>The spans, in the order in which they ended.</summary>
    public IReadOnlyList<TraceSpan> Spans => _spans;

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds => ((End == 0 ? Stopwatch.GetTimestamp() : End) - Start) / (double)Stopwatch.Frequency;

    /// <summary>The recording of the calling thread, if there is one.</summary>
    internal static TraceRecording? Current => t_current;

    /// <summary>Ends the recording.</summary>
    public void Dispose()
    {
        if (End != 0)
            return;
        End = Stopwatch.GetTimestamp();
        if (t_current == this)
            t_current = null;
    }

    internal void Add(in TraceSpan span) => _spans.Add(span);
}
