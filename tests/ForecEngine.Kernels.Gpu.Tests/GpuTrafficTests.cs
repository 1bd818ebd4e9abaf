// A device counts its launches and the bytes over the bus, and records how long each launch takes.

using ForecEngine.Kernels.Ops;
using ForecEngine.Kernels.Profiling;
using Xunit;

namespace ForecEngine.Kernels.Gpu.Tests;

public sealed class GpuTrafficTests : IDisposable
{
    private readonly GpuDevice _gpu = GpuDevice.Open(Accelerators.List()[0].Kind, recordable: true);

    public void Dispose() => _gpu.Dispose();

    [Fact]
    public void Bytes_are_counted_in_each_direction_and_allocation_and_copies_on_the_device_move_none()
    {
        Slice<float> x = _gpu.Allocate<float>(100).Slice(), y = _gpu.Allocate<float>(100).Slice();
        GpuTraffic before = _gpu.Traffic;
        x.Part(0, 10).Write(new float[10]);
        _gpu.Copy(x, y);
        y.Part(0, 3).Read(new float[3]);
        Assert.Equal(new GpuTraffic(1, 40, 12), _gpu.Traffic - before);
    }

    [Fact]
    public void Each_kernel_of_an_operation_is_a_launch_and_an_empty_operation_has_none()
    {
        Matrix x = Matrix(4, 3), weight = Matrix(2, 3), y = Matrix(4, 2);
        GpuTraffic before = _gpu.Traffic;
        _gpu.Dense(x, weight, default, y);
        _gpu.DenseBackward(x, weight, y, Matrix(4, 3), Matrix(2, 3), _gpu.Allocate<float>(2).Slice());
        _gpu.Fill(default, 1);
        Assert.Equal(4, (_gpu.Traffic - before).Launches);
    }

    [Fact]
    public void A_softmax_loss_copies_nothing_over_the_bus_and_its_memory_is_that_of_one_block_of_items()
    {
        const int Items = (2 * SoftmaxLossKernels.BlockItems) + 1; // three blocks
        Matrix x = Matrix(4, 3), vectors = Matrix(Items, 3);
        Slice<float> bias = _gpu.Allocate<float>(Items).Slice(), losses = _gpu.Allocate<float>(4).Slice();
        Slice<float> normalisers = _gpu.Allocate<float>(4).Slice();
        RowIds targets = RowIds.Known(_gpu.Allocate<int>(4).Slice(), 1);
        RowIds rows = RowIds.Known(_gpu.Allocate<int>(Items).Slice(), 1);
        Catalogue items = new(vectors, rows, bias, rows);
        Step();
        GpuTraffic before = _gpu.Traffic;
        Step();
        Assert.Equal(new GpuTraffic((3 * 4) + 1 + (3 * 7), 0, 0), _gpu.Traffic - before);

        void Step()
        {
            _gpu.SoftmaxLoss(x, items, targets, losses, normalisers);
            _gpu.SoftmaxLossBackward(x, items, targets, normalisers, losses, x, vectors, bias);
        }
    }

    [Fact]
    public void A_recording_has_the_kernels_and_copies_between_its_start_and_end()
    {
        Slice<float> x = _gpu.Allocate<float>(100).Slice();
        _gpu.Fill(x, 1);
        GpuRecording recording = _gpu.Record();
        using (recording)
        {
            _gpu.Unary<Relu>(x, x);
            _gpu.Copy(x.Part(0, 10), x.Part(50, 10));
            x.Part(0, 1).Read(new float[1]);
        }

        _gpu.Fill(x, 1);
        Assert.Equal(["Elementwise.Unary<Relu>", "Copy", ""], recording.Events.Select(one => one.Name));
        Assert.All(recording.Events, one => Assert.True(one.Seconds >= 0));
        Assert.Equal(new GpuTraffic(2, 0, 4), recording.Events.Aggregate(default(GpuTraffic), (sum, one) => sum + one.Traffic));
    }

    [Fact]
    public void A_recording_of_more_launches_than_a_driver_has_handles_for_is_whole()
    {
        Slice<float> x = _gpu.Allocate<float>(1).Slice();
        using GpuRecording recording = _gpu.Record();
        for (int i = 0; i < 1200; i++)
            _gpu.Fill(x, i);
        Assert.Equal(1200, recording.Events.Count);
    }

    [Fact]
    public void A_device_has_one_recording_at_a_time()
    {
        using GpuRecording first = _gpu.Record();
        Assert.Throws<InvalidOperationException>(_gpu.Record);
    }

    [Fact]
    public void A_device_that_was_not_opened_for_recordings_refuses_them_by_name()
    {
        using GpuDevice plain = GpuDevice.Open(_gpu.Info.Kind);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(plain.Record);
        Assert.StartsWith(plain.Info.Id, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_tells_the_launches_and_bytes_of_steps_from_the_others_of_an_epoch()
    {
        using IDevice device = _gpu.Profiled();
        Slice<float> x = device.Allocate<float>(100).Slice();
        x.Write(new float[100]);
        using TraceRecording spans = new();
        using GpuRecording recording = _gpu.Record();
        device.Fill(x, 1); // in no epoch
        for (int epoch = 0; epoch < 2; epoch++)
        {
            using OpenSpan period = TraceSpan.OfPeriod(TraceSpan.Epoch);
            x.Part(0, 5).Write(new float[5]);
            using (TraceSpan.OfPeriod(TraceSpan.Steps))
            {
                for (int step = 0; step < 3; step++)
                {
                    using (TraceSpan.OfStage("gradient"))
                        device.Unary<Relu>(x, x);
                    using OpenSpan stage = TraceSpan.OfStage("optimiser");
                    device.Unary<Sigmoid>(x, x);
                }
            }

            device.Fill(x, 2);
            x.Part(0, 3).Read(new float[3]);
        }

        GpuSummary summary = GpuSummary.Of(spans, recording);
        Assert.Equal((2, 6, 2.0, 1.0), (summary.Epochs, summary.Steps, summary.LaunchesPerStep, summary.LaunchesBesidesSteps));
        Assert.Equal(new GpuTraffic(12, 0, 0), summary.ToLosses);
        Assert.Equal(new GpuTraffic(14, 40, 24), summary.InEpochs);
        Assert.Equal(
            [("Elementwise.Unary<Relu>", 6), ("Elementwise.Unary<Sigmoid>", 6), ("Reduction.Fill", 3), ("other", 0)],
            summary.Kernels.Select(line => (line.Name, (int)line.Calls)).OrderBy(line => line.Name, StringComparer.Ordinal));
        Assert.Equal(
            ["Fill", "Relu", "Sigmoid", "other"], summary.Operations.Select(line => line.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Peak_rates_are_positive() => Assert.True(_gpu.MeasureCeilings() is { FmaGflops: > 0, CopyGbps: > 0 });

    private Matrix Matrix(int rows, int columns) => new(_gpu.Allocate<float>(rows * columns).Slice(), rows, columns);
}
