// The results of forec profile, as tables and as JSON. On a GPU the times of kernels are those of the device, from its own clock; the time
// in which it waits for the host is in "other".

using ForecEngine.Kernels.Gpu;
using ForecEngine.Kernels.Profiling;

namespace ForecEngine.Cli.Verbs;

/// <summary>The peak rates of a device.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Threads">The number of threads of the host; null for a GPU.</param>
/// <param name="FmaGflops">Billions of floating-point operations a second in multiply-adds.</param>
/// <param name="CopyGbps">Billions of bytes a second in a copy.</param>
internal sealed record PeakRates(string Name, int? Threads, double FmaGflops, double CopyGbps);

/// <summary>The results of a profile.</summary>
/// <param name="Plain">The training without the profiler.</param>
/// <param name="Traced">The training under the profiler.</param>
/// <param name="Spans">The host's time.</param>
/// <param name="Gpu">The GPU's time; null for another device.</param>
/// <param name="Peaks">The peak rates; the last are those of the whole device.</param>
/// <param name="Device">The device.</param>
/// <param name="Threads">The threads of the host.</param>
internal sealed record ProfileReport(
    ExperimentOutcome Plain, ExperimentOutcome Traced, TraceSummary Spans, GpuSummary? Gpu, IReadOnlyList<PeakRates> Peaks,
    IDevice Device, int Threads)
{
    private PeakRates Peak => Peaks[^1];

    private IReadOnlyList<TraceLine> Operations => Gpu?.Operations ?? Spans.Kernels;

    /// <summary>The results for programs.</summary>
    public JsonObject ToJson()
    {
        Experiment experiment = Plain.Experiment;
        JsonObject json = new()
        {
            ["schema"] = "forec.profile/1",
            ["method"] = experiment.Method,
            ["target"] = experiment.Target,
            ["sources"] = new JsonArray([.. experiment.Sources.Select(source => JsonValue.Create(source))]),
            ["device"] = Device.Name,
            ["threads"] = Threads,
            ["samples"] = Plain.Phases.Sum(phase => phase.Samples),
            ["samples_per_second"] = Speed(Plain),
            ["samples_per_second_profiled"] = Speed(Traced),
            ["fma_peak_gflops"] = Peak.FmaGflops,
            ["copy_gbps"] = Peak.CopyGbps,
            ["ceilings"] = new JsonArray([.. Peaks.Where(peak => peak.Threads is not null).Select(JsonNode (peak) => new JsonObject
            {
                ["threads"] = peak.Threads, ["fma_peak_gflops"] = peak.FmaGflops, ["copy_gbps"] = peak.CopyGbps,
            })]),
            ["seconds"] = Spans.Seconds,
            ["stages"] = new JsonArray([.. Spans.Stages.Select(line => Times(line, "calls"))]),
            ["kernels"] = new JsonArray([.. Operations.Select(JsonNode (line) =>
            {
                JsonObject times = Times(line, "calls");
                (times["flops"], times["bytes"]) = (line.Work.Flops, line.Work.Bytes);
                (times["gflops"], times["gbps"]) = (line.Gflops, line.Gbps);
                (times["of_fma_peak"], times["of_copy"]) = (line.Gflops / Peak.FmaGflops, line.Gbps / Peak.CopyGbps);
                return times;
            })]),
        };
        if (Gpu is { } gpu)
            json["gpu"] = ToJson(gpu);
        return json;
    }

    /// <summary>Prints the results.</summary>
    public void Print(TextWriter output)
    {
        string threads = Gpu is null ? $", {Counted.Of(Threads, "thread")}" : "";
        output.Write($"{Plain.Experiment.Method} for {Plain.Experiment.Target}, {Device.Name}{threads}: ");
        output.WriteLine(Text($"{Speed(Plain):N0} samples/s, {Speed(Traced):N0} under the profiler"));
        output.WriteLine();
        ResultTable.Write(
            output, [Gpu is null ? "this machine" : "this device", "multiply-adds, GFLOP/s", "copy, GB/s"],
            Peaks.Select(peak => (string[])[peak.Name, Text($"{peak.FmaGflops:F1}"), Text($"{peak.CopyGbps:F1}")]));
        output.WriteLine();
        ResultTable.Write(output, ["stage", "calls", "ms", "share"], Spans.Stages.Select(Row));
        output.WriteLine();
        ResultTable.Write(
            output,
            [Gpu is null ? "kernel" : "operation", "calls", "ms", "share", "GFLOP", "GFLOP/s", "of peak", "GB", "GB/s", "of copy"],
            Operations.Select(line => line.Calls == 0 ? [.. Row(line), "", "", "", "", "", ""] : (string[])
            [
                .. Row(line),
                Text($"{line.Work.Flops / 1e9:F2}"), Text($"{line.Gflops:F2}"), Text($"{100 * line.Gflops / Peak.FmaGflops:F1}%"),
                Text($"{line.Work.Bytes / 1e9:F2}"), Text($"{line.Gbps:F2}"), Text($"{100 * line.Gbps / Peak.CopyGbps:F1}%"),
            ]));
        output.WriteLine("A multiply-add is two FLOPs. Bytes are counted as if nothing were cached,");
        output.WriteLine("so data that fit in a cache can be faster than a copy.");
        if (Gpu is { } gpu)
            Print(gpu, output);
    }

    private static void Print(GpuSummary gpu, TextWriter output)
    {
        output.WriteLine();
        ResultTable.Write(output, ["kernel", "launches", "ms", "share"], gpu.Kernels.Select(Row));
        output.WriteLine("Operations and kernels have the GPU's time; \"other\" is the time in which it waits. Stages have the host's.");
        output.WriteLine();
        GpuTraffic epoch = gpu.InEpochs, toLosses = gpu.ToLosses;
        int epochs = Math.Max(1, gpu.Epochs);
        ResultTable.Write(
            output,
            [$"{Counted.Of(gpu.Epochs, "epoch")}, {Counted.Of(gpu.Steps, "step")}", "launches", "bytes to the GPU", "bytes from it"],
            [
                ["a step: gradient and update", Text($"{gpu.LaunchesPerStep:F1}"), "", ""],
                ["an epoch, until its losses are read", .. PerEpoch(toLosses)],
                ["an epoch besides: samples, losses, checks", .. PerEpoch(epoch - toLosses)],
            ]);

        string[] PerEpoch(GpuTraffic traffic) =>
        [
            Text($"{traffic.Launches / (double)epochs:N1}"), Text($"{traffic.BytesToDevice / epochs:N0}"),
            Text($"{traffic.BytesFromDevice / epochs:N0}"),
        ];
    }

    private static JsonObject ToJson(GpuSummary gpu) => new()
    {
        ["epochs"] = gpu.Epochs,
        ["steps"] = gpu.Steps,
        ["launches_per_step"] = gpu.LaunchesPerStep,
        ["launches_per_epoch_besides_steps"] = gpu.LaunchesBesidesSteps,
        ["bytes_to_device_before_losses"] = gpu.ToLosses.BytesToDevice,
        ["bytes_from_device_before_losses"] = gpu.ToLosses.BytesFromDevice,
        ["bytes_to_device_in_epochs"] = gpu.InEpochs.BytesToDevice,
        ["bytes_from_device_in_epochs"] = gpu.InEpochs.BytesFromDevice,
        ["kernels"] = new JsonArray([.. gpu.Kernels.Select(line => Times(line, "launches"))]),
    };

    private static JsonObject Times(TraceLine line, string count) => new()
    {
        ["name"] = line.Name,
        [count] = line.Calls,
        ["seconds"] = line.Seconds,
        ["share"] = line.Share,
    };

    private static string[] Row(TraceLine line) =>
        [line.Name, line.Calls == 0 ? "" : $"{line.Calls}", Text($"{1e3 * line.Seconds:F1}"), Text($"{100 * line.Share:F1}%")];

    private static double Speed(ExperimentOutcome outcome) =>
        outcome.Phases.Sum(phase => phase.Samples) / outcome.Phases.Sum(phase => phase.Seconds);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
