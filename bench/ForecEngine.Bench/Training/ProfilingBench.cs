// The cost of profiling: a training step of nmf without a profiling device, with one but no listener, and with a recording.

using BenchmarkDotNet.Attributes;
using ForecEngine.Kernels;
using ForecEngine.Kernels.Profiling;
using ForecEngine.Kernels.Simd;
using ForecEngine.Optimisers;
using ForecEngine.Recommenders.Data;
using ForecEngine.Recommenders.Models;
using ForecEngine.Recommenders.Training;

namespace ForecEngine.Bench.Training;

/// <summary>A round of training, with and without profiling.</summary>
public class ProfilingBench
{
    private IDevice? _device;
    private Action _plain = () => { };
    private Action _wrapped = () => { };

    /// <summary>Two rounds of their own.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        MarketUnion union = new(BenchMarkets.Load());
        _device = new BenchDevice(SimdDevice.WidestVectorBits, 1).Create();
        _plain = Round(_device, union);
        _wrapped = Round(_device.Profiled(), union);
    }

    /// <summary>Without a profiling device.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => _plain();

    /// <summary>With a profiling device, without a listener.</summary>
    [Benchmark]
    public void Unwatched() => _wrapped();

    /// <summary>On one, recorded.</summary>
    [Benchmark]
    public int Recorded()
    {
        using TraceRecording recording = new();
        _wrapped();
        return recording.Spans.Count;
    }

    /// <summary>Ends the device.</summary>
    [GlobalCleanup]
    public void End() => _device?.Dispose();

    private static Action Round(IDevice device, MarketUnion union)
    {
        TrainingSettings settings = new();
        Nmf model = new(device, new ModelShape(union.Users, union.Items.Count, settings.Model.Dimension, settings.Model.Layers));
        model.Initialise(seed: 1, "bench", settings.Model.StandardDeviation);
        AdamOptimiser optimiser = new(device, model.Parameters, new AdamOptions(0.01, settings.Gradient.L2));
        SampleStream[] streams = [new(device, union.Markets, settings.Samples, seed: 1, "bench", firstEpoch: 0)];
        TurnProgram program = new(device, new LossGradient(device, model), optimiser, streams);
        program.Begin(0, 0, new ParallelOptions());
        int round = 0;
        return () => program.Run(round++, 1);
    }
}
