// forec profile: shows where a short training spends its time, compared with the peak rates of the device. The training runs three times:
// to compile the kernels, to measure its speed, and under the profiler. All three give the same model bit for bit; the command fails if
// they do not.

using ForecEngine.Kernels.Gpu;
using ForecEngine.Kernels.Profiling;

namespace ForecEngine.Cli.Verbs;

internal static class Profile
{
    public static void Run(ProfileArguments arguments, Terminal terminal)
    {
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest request = MarketChoice.Request(arguments);
        ExperimentChoice.RequireSources(plan, request, arguments);
        ExperimentChoice.RequireSampling(plan);
        JsonOutput json = new(arguments, terminal);
        if (arguments.Trace is not null)
            AtomicFile.Probe(arguments.Trace);
        using IDevice device = DeviceChoice.Create(arguments, recordable: true);
        GpuDevice? gpu = device as GpuDevice;
        int threads = DeviceChoice.Threads(arguments);
        using IDevice profiled = device.Profiled();
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, request, arguments, settings, terminal);

        terminal.Say(gpu is null ? "measuring the machine's peak rates" : "measuring the device's peak rates");
        IReadOnlyList<PeakRates> peaks = gpu is null ? Peaks(threads) : [Peaks(gpu)];
        terminal.Say("training, to compile the kernels");
        Train(profiled);
        terminal.Say("training, to measure the speed");
        ExperimentOutcome plain = Train(device);
        terminal.Say("training, under the profiler");
        TraceRecording recording = new();
        GpuRecording? launches = gpu?.Record();
        ExperimentOutcome traced;
        using (launches)
        using (recording)
            traced = Train(profiled);
        RequireEqual(plain, traced);

        GpuSummary? onGpu = launches is null ? null : GpuSummary.Of(recording, launches);
        ProfileReport report = new(plain, traced, TraceSummary.Of(recording), onGpu, peaks, device, threads);
        report.Print(terminal.Output);
        if (arguments.Trace is { } trace)
            AtomicFile.Write(trace, stream => ChromeTrace.Write(recording, stream));
        json.Write(report.ToJson);

        ExperimentOutcome Train(IDevice on) =>
            new ExperimentRunner(on, threads, keepScores: false).Run(experiment, data.Markets, data.Candidates);
    }

    // For 1, 2, 4, ... threads and for all threads of the device.
    private static List<PeakRates> Peaks(int threads)
    {
        List<PeakRates> peaks = [];
        for (int count = 1; count < threads; count *= 2)
            peaks.Add(Measured(count));
        return [.. peaks, Measured(threads)];

        static PeakRates Measured(int count)
        {
            MachineCeilings ceilings = MachineCeilings.Measure(count);
            return new PeakRates(Counted.Of(count, "thread"), count, ceilings.FmaGflops, ceilings.CopyGbps);
        }
    }

    private static PeakRates Peaks(GpuDevice gpu)
    {
        GpuCeilings ceilings = gpu.MeasureCeilings();
        return new PeakRates(gpu.Info.Id, null, ceilings.FmaGflops, ceilings.CopyGbps);
    }

    private static void RequireEqual(ExperimentOutcome plain, ExperimentOutcome traced)
    {
        foreach ((SafeTensor one, SafeTensor other) in plain.Model.Tensors.Zip(traced.Model.Tensors))
        {
            if (!one.Data.Span.SequenceEqual(other.Data.Span))
                throw new ArithmeticException($"{one.Name} is different under the profiler; profiling must not change results");
        }
    }
}
