// A recording in Chrome's trace event format, which Perfetto and chrome://tracing open: one complete event ("ph": "X") per span, and
// metadata events ("ph": "M") with the names of process and thread. Kernels lie inside their stages, and these inside periods, on the
// thread's track. Times are in microseconds.

using System.Diagnostics;
using System.Text.Json;

namespace ForecEngine.Kernels.Profiling;

/// <summary>Writes recordings for trace viewers.</summary>
public static class ChromeTrace
{
    // All spans are of the training thread; a device's other threads run inside its kernels.
    private const int Process = 1;
    private const int Thread = 1;

    /// <summary>Writes a recording.</summary>
    public static void Write(TraceRecording recording, Stream stream)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        Name(json, "process_name", "forec");
        Name(json, "thread_name", "training");
        foreach (TraceSpan span in recording.Spans.OrderBy(span => span.Start).ThenByDescending(span => span.End))
        {
            json.WriteStartObject();
            json.WriteString("ph", "X");
            json.WriteString("cat", span.Kind switch { SpanKind.Stage => "stage", SpanKind.Kernel => "kernel", _ => "period" });
            json.WriteString("name", span.Name);
            json.WriteNumber("pid", Process);
            json.WriteNumber("tid", Thread);
            json.WriteNumber("ts", Microseconds(span.Start - recording.Start));
            json.WriteNumber("dur", Microseconds(span.End - span.Start));
            if (span.Kind == SpanKind.Kernel)
            {
                json.WriteStartObject("args");
                json.WriteNumber("flops", span.Work.Flops);
                json.WriteNumber("bytes", span.Work.Bytes);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        static decimal Microseconds(long ticks) => ticks * 1_000_000m / Stopwatch.Frequency;
    }

    private static void Name(Utf8JsonWriter json, string what, string name)
    {
        json.WriteStartObject();
        json.WriteString("ph", "M");
        json.WriteString("name", what);
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", Thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
