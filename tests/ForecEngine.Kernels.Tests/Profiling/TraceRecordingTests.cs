// The spans of recordings, their sums, and that nothing is recorded or allocated without an open recording.

using System.Text.Json;
using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using Xunit;

namespace ForecEngine.Kernels.Tests.Profiling;

[Collection(nameof(EngineEventsTests))] // that test enables events for the whole process
public sealed class TraceRecordingTests
{
    [Fact]
    public void A_recording_has_the_spans_of_its_own_thread_only()
    {
        TraceRecording recording = new();
        using (recording)
        {
            using (TraceSpan.OfStage("here"))
            {
                Thread other = new(() => TraceSpan.OfStage("there").Dispose());
                other.Start();
                other.Join();
            }
        }

        TraceSpan.OfStage("after").Dispose();
        Assert.Equal("here", Assert.Single(recording.Spans).Name);
    }

    [Fact]
    public void A_thread_has_one_recording_at_a_time()
    {
        using TraceRecording first = new();
        Assert.Throws<InvalidOperationException>(() => new TraceRecording());
    }

    [Fact]
    public void Without_a_recording_a_profiling_device_allocates_nothing()
    {
        using SimdDevice plain = new(1);
        using ProfilingDevice device = new(plain);
        HostStorage<Real> x = new(64), y = new(64);
        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            using (TraceSpan.OfStage("step"))
                device.Unary<Relu>(x.Slice(), y.Slice());
        }));
    }

    [Fact]
    public void The_shares_of_stages_and_of_kernels_each_add_up_to_one()
    {
        TraceSummary summary = TraceSummary.Of(Recorded());
        Assert.Equal(1, summary.Stages.Sum(line => line.Share), 1e-9);
        Assert.Equal(1, summary.Kernels.Sum(line => line.Share), 1e-9);
        Assert.All([.. summary.Stages, .. summary.Kernels], line => Assert.InRange(line.Share, 0, 1));
        Assert.Equal(summary.Seconds, summary.Kernels.Sum(line => line.Seconds), 1e-9);
    }

    [Fact]
    public void A_line_has_the_calls_and_the_work_of_all_spans_of_its_name()
    {
        TraceSummary summary = TraceSummary.Of(Recorded());
        Assert.Equal(2, summary.Stages.Single(line => line.Name == "step").Calls);
        TraceLine product = summary.Kernels.Single(line => line.Name == "Product");
        Assert.Equal((2L, new Work(2 * 1000, 2 * 12 * 1000)), (product.Calls, product.Work));
        Assert.Equal(product.Work.Flops / product.Seconds / 1e9, product.Gflops, 1e-9);
    }

    [Fact]
    public void A_chrome_trace_is_JSON_with_kernels_inside_their_stages()
    {
        using MemoryStream stream = new();
        ChromeTrace.Write(Recorded(), stream);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement[] all = [.. json.RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.Equal(
            [("process_name", "forec"), ("thread_name", "training")],
            all.Where(IsMetadata).Select(e => (e.GetProperty("name").GetString(), e.GetProperty("args").GetProperty("name").GetString())));
        Assert.Single(all.Select(e => (e.GetProperty("pid").GetInt32(), e.GetProperty("tid").GetInt32())).Distinct());
        Event[] events = [.. all.Where(e => !IsMetadata(e)).Select(Event.Of)];
        Assert.Equal(["step", "Product", "optimiser", "step", "Product", "optimiser"], events.Select(e => e.Name));
        Event[] stages = [.. events.Where(e => e.Category == "stage")];
        Assert.All(events.Where(e => e.Category == "kernel"), kernel =>
            Assert.Single(stages, stage => stage.Start <= kernel.Start && kernel.Start + kernel.Duration <= stage.Start + stage.Duration));
        Assert.All(stages.Zip(stages.Skip(1)), pair => Assert.True(pair.First.Start + pair.First.Duration <= pair.Second.Start));
    }

    private static bool IsMetadata(JsonElement json) => json.GetProperty("ph").GetString() == "M";

    private static TraceRecording Recorded()
    {
        using ProfilingDevice device = new(new ScalarDevice());
        HostStorage<Real> a = new(1000), b = new(1000), y = new(1000);
        TraceRecording recording = new();
        using (recording)
        {
            for (int i = 0; i < 2; i++)
            {
                using (TraceSpan.OfStage("step"))
                    device.Binary<Product>(a.Slice(), b.Slice(), y.Slice());
                TraceSpan.OfStage("optimiser").Dispose();
            }
        }

        return recording;
    }

    private sealed record Event(string Category, string Name, decimal Start, decimal Duration)
    {
        public static Event Of(JsonElement json)
        {
            Assert.Equal("X", json.GetProperty("ph").GetString());
            return new(
                json.GetProperty("cat").GetString() ?? "", json.GetProperty("name").GetString() ?? "",
                json.GetProperty("ts").GetDecimal(), json.GetProperty("dur").GetDecimal());
        }
    }
}
