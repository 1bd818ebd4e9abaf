// Joins the recording of a thread's spans with that of a device: a launch or copy belongs to the spans that were open when the host
// called it.

using ForecEngine.Kernels.Profiling;

namespace ForecEngine.Kernels.Gpu;

/// <summary>The totals of a training on a GPU.</summary>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="Steps">The number of training steps in them.</param>
/// <param name="InEpochs">The launches and copies of the epochs.</param>
/// <param name="ToLosses">
/// Those of them between the start of an epoch, when its samples are on the device, and the reading of its losses.
/// </param>
/// <param name="StepLaunches">Those launches of them that compute gradients or update parameters.</param>
/// <param name="Operations">The time on the device of each operation, the longest first, then the rest of the recording's time.</param>
/// <param name="Kernels">The launches and time of each kernel, the longest first, then the rest of the recording's time.</param>
public sealed record GpuSummary(
    int Epochs, int Steps, GpuTraffic InEpochs, GpuTraffic ToLosses, long StepLaunches, IReadOnlyList<TraceLine> Operations,
    IReadOnlyList<TraceLine> Kernels)
{
    private const string Gradient = "gradient";
    private const string Optimiser = "optimiser"; // each step has this stage once

    /// <summary>The launches of a training step.</summary>
    public double LaunchesPerStep => StepLaunches / (double)Math.Max(1, Steps);

    /// <summary>The launches of an epoch besides those of its steps.</summary>
    public double LaunchesBesidesSteps => (InEpochs.Launches - StepLaunches) / (double)Math.Max(1, Epochs);

    /// <summary>Computes the totals of a recording.</summary>
    /// <param name="spans">The spans of the thread that used the device.</param>
    /// <param name="device">What the device ran in the same time.</param>
    public static GpuSummary Of(TraceRecording spans, GpuRecording device)
    {
        IReadOnlyList<GpuEvent> events = device.Events;
        TraceSpan[] epochs = Named(spans, SpanKind.Period, TraceSpan.Epoch), steps = Named(spans, SpanKind.Period, TraceSpan.Steps);
        TraceSpan[] stages = Named(spans, SpanKind.Stage, Gradient, Optimiser);
        GpuEvent[] toLosses = [.. Within(events, steps).Select(pair => pair.Event)];
        TraceSpan[] operations = [.. spans.Spans.Where(span => span.Kind == SpanKind.Kernel).OrderBy(span => span.Start)];
        double[] seconds = new double[operations.Length];
        foreach ((GpuEvent found, int operation) in Within(events, operations))
            seconds[operation] += found.Seconds;
        return new GpuSummary(
            epochs.Length,
            Within([.. stages.Where(span => span.Name == Optimiser).Select(span => new GpuEvent(Optimiser, span.Start, 0, default))], steps)
                .Count(),
            Sum(Within(events, epochs).Select(pair => pair.Event)), Sum(toLosses),
            Sum(Within(toLosses, stages).Select(pair => pair.Event)).Launches,
            Lines(
                operations.Zip(seconds).GroupBy(pair => pair.First.Name).Select(pairs => new TraceLine(
                    pairs.Key, pairs.Count(), pairs.Sum(pair => pair.Second), 0,
                    pairs.Aggregate(default(Work), (sum, pair) => sum + pair.First.Work))),
                spans.Seconds),
            Lines(
                events.Where(one => one.Traffic.Launches > 0).GroupBy(one => one.Name).Select(launches => new TraceLine(
                    launches.Key, launches.Count(), launches.Sum(one => one.Seconds), 0, default)),
                spans.Seconds));
    }

    private static TraceSpan[] Named(TraceRecording spans, SpanKind kind, params string[] names) =>
        [.. spans.Spans.Where(span => span.Kind == kind && names.Contains(span.Name)).OrderBy(span => span.Start)];

    private static GpuTraffic Sum(IEnumerable<GpuEvent> events) =>
        events.Aggregate(default(GpuTraffic), (sum, one) => sum + one.Traffic);

    // The events inside spans that are in order and do not overlap, each with the number of its span.
    private static IEnumerable<(GpuEvent Event, int Span)> Within(IReadOnlyList<GpuEvent> events, TraceSpan[] spans)
    {
        int place = 0;
        foreach (GpuEvent one in events)
        {
            while (place < spans.Length && spans[place].End < one.At)
                place++;
            if (place < spans.Length && spans[place].Start <= one.At)
                yield return (one, place);
        }
    }

    private static TraceLine[] Lines(IEnumerable<TraceLine> lines, double whole)
    {
        TraceLine[] shares =
            [.. lines.Select(line => line with { Share = line.Seconds / whole }).OrderByDescending(line => line.Seconds)];
        double rest = Math.Max(0, whole - shares.Sum(line => line.Seconds));
        return [.. shares, new TraceLine("other", 0, rest, rest / whole, default)];
    }
}
