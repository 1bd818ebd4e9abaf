// The events and counters that dotnet-trace and dotnet-counters receive, read with the runtime's listeners.

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Profiling;
using Xunit;

namespace ForecEngine.Kernels.Tests.Profiling;

[Collection(nameof(EngineEventsTests))]
public sealed class EngineEventsTests
{
    [Fact]
    public void A_listener_of_the_event_source_receives_stages_and_kernels_with_their_work()
    {
        using EngineListener listener = new();
        Run("event source");
        Assert.Contains(listener.Received, e => e.Name == "Stage" && (string?)e.Payload[0] == "event source" && e.Payload[1] is >= 0.0);
        Assert.Contains(listener.Received, e => e.Name == "Kernel" && e.Payload is ["Product", >= 0.0, 1234L, 12L * 1234]);
    }

    [Fact]
    public void A_listener_of_the_meter_receives_durations_work_and_samples()
    {
        ConcurrentBag<(string Instrument, double Value, string Name)> received = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "ForecEngine")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => received.Add((instrument.Name, value, "")));
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => received.Add((instrument.Name, value, (string?)tags[1].Value ?? "")));
        listener.Start();
        Run("meter");
        EngineEvents.CountSamples(4321);
        Assert.Contains(received, m => m is { Instrument: "forec.span.duration", Name: "meter", Value: >= 0 });
        Assert.Contains(received, m => m is { Instrument: "forec.flops", Value: 1234 });
        Assert.Contains(received, m => m is { Instrument: "forec.bytes", Value: 12 * 1234 });
        Assert.Contains(received, m => m is { Instrument: "forec.samples", Value: 4321 });
    }

    private static void Run(string stage)
    {
        using ProfilingDevice device = new(new ScalarDevice());
        HostStorage<Real> a = new(1234), b = new(1234), y = new(1234);
        using (TraceSpan.OfStage(stage))
            device.Binary<Product>(a.Slice(), b.Slice(), y.Slice());
    }

    private sealed class EngineListener : EventListener
    {
        public ConcurrentBag<(string? Name, object?[] Payload)> Received { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "ForecEngine")
                EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            Received.Add((eventData.EventName, [.. eventData.Payload ?? []]));
    }
}
