// The engine's events and counters for the tools of .NET. Without a listener they cost nothing:
//   dotnet-trace collect --providers ForecEngine -- forec profile ...
//   dotnet-counters monitor --counters ForecEngine -- forec train ...

using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace ForecEngine.Kernels.Profiling;

/// <summary>The EventSource and the meter, both named <c>ForecEngine</c>.</summary>
public static class EngineEvents
{
    private static readonly Meter s_meter = new("ForecEngine");
    private static readonly Counter<long> s_samples =
        s_meter.CreateCounter<long>("forec.samples", "{sample}", "Training samples, including negatives");
    private static readonly Counter<long> s_flops =
        s_meter.CreateCounter<long>("forec.flops", "{operation}", "Floating-point operations of profiled kernels");
    private static readonly Counter<long> s_bytes = s_meter.CreateCounter<long>("forec.bytes", "By", "Memory traffic of profiled kernels");
    private static readonly Histogram<double> s_durations =
        s_meter.CreateHistogram<double>("forec.span.duration", "s", "Time of stages, and of profiled kernels");

    /// <summary>Whether anything listens to spans.</summary>
    internal static bool IsOn => EngineEventSource.Log.IsEnabled() || s_durations.Enabled || s_flops.Enabled || s_bytes.Enabled;

    /// <summary>Counts training samples.</summary>
    public static void CountSamples(int samples) => s_samples.Add(samples);

    internal static void Publish(in TraceSpan span)
    {
        double seconds = span.Seconds;
        string kind = span.Kind == SpanKind.Stage ? "stage" : "kernel";
        s_durations.Record(seconds, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("name", span.Name));
        if (span.Kind == SpanKind.Stage)
        {
            EngineEventSource.Log.Stage(span.Name, seconds * 1e6);
            return;
        }

        s_flops.Add(span.Work.Flops);
        s_bytes.Add(span.Work.Bytes);
        EngineEventSource.Log.Kernel(span.Name, seconds * 1e6, span.Work.Flops, span.Work.Bytes);
    }
}

/// <summary>One event at the end of each span.</summary>
[EventSource(Name = "ForecEngine")]
internal sealed class EngineEventSource : EventSource
{
    private EngineEventSource()
    {
    }

    public static EngineEventSource Log { get; } = new();

    [Event(1, Level = EventLevel.Informational, Message = "{0}: {1} us")]
    public void Stage(string name, double microseconds) => WriteEvent(1, name, microseconds);

    [Event(2, Level = EventLevel.Verbose, Message = "{0}: {1} us")]
    public void Kernel(string name, double microseconds, long flops, long bytes) => WriteEvent(2, name, microseconds, flops, bytes);
}
