// A named time interval and the work done in it. Stages and periods of training always open spans; kernels do if a ProfilingDevice runs
// them. A span goes to the recording of its thread (TraceRecording), and unless it is a period, to the EventSource and to the meter
// (EngineEvents). Without a listener, opening a span costs three memory reads.

using System.Diagnostics;

namespace ForecEngine.Kernels.Profiling;

/// <summary>The kind of a span.</summary>
public enum SpanKind
{
    /// <summary>
    /// A stage of an experiment: placing, preparing, sampling, gradient, optimiser, checking, evaluation. Stages do not overlap.
    /// </summary>
    Stage,

    /// <summary>An operation of a device, or work of the host between operations.</summary>
    Kernel,

    /// <summary>A part of training with stages in it: an epoch, or its steps between two readings of losses.</summary>
    Period,
}

/// <summary>A named time interval and the work done in it.</summary>
/// <param name="Kind">Stage, kernel or period.</param>
/// <param name="Name">Its name, such as <c>optimiser</c> or <c>Dense backward</c>.</param>
/// <param name="Start">The start, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="End">The end.</param>
/// <param name="Work">The work; 0 for stages and periods, whose work is that of their kernels.</param>
public readonly record struct TraceSpan(SpanKind Kind, string Name, long Start, long End, Work Work)
{
    /// <summary>The name of the period of an epoch.</summary>
    public const string Epoch = "epoch";

    /// <summary>The name of the period of an epoch's steps, until their losses are read.</summary>
    public const string Steps = "steps";

    /// <summary>The duration in seconds.</summary>
    public double Seconds => (End - Start) / (double)Stopwatch.Frequency;

    /// <summary>Opens the span of a stage.</summary>
    public static OpenSpan OfStage(string name) => Open(SpanKind.Stage, name, default);

    /// <summary>Opens the span of a kernel.</summary>
    public static OpenSpan OfKernel(string name, Work work) => Open(SpanKind.Kernel, name, work);

    /// <summary>Opens the span of a period.</summary>
    public static OpenSpan OfPeriod(string name) =>
        TraceRecording.Current is not null ? new OpenSpan(SpanKind.Period, name, default) : default;

    private static OpenSpan Open(SpanKind kind, string name, Work work) =>
        TraceRecording.Current is not null || EngineEvents.IsOn ? new OpenSpan(kind, name, work) : default;
}

/// <summary>An open span; disposing of it ends it.</summary>
public readonly ref struct OpenSpan : IDisposable
{
    private readonly SpanKind _kind;
    private readonly string? _name;
    private readonly Work _work;
    private readonly long _start;

    internal OpenSpan(SpanKind kind, string name, Work work) =>
        (_kind, _name, _work, _start) = (kind, name, work, Stopwatch.GetTimestamp());

    /// <summary>Ends the span and passes it to the listeners.</summary>
    public void Dispose()
    {
        if (_name is null)
            return;
        TraceSpan span = new(_kind, _name, _start, Stopwatch.GetTimestamp(), _work);
        TraceRecording.Current?.Add(span);
        if (_kind != SpanKind.Period && EngineEvents.IsOn)
            EngineEvents.Publish(span);
    }
}
