// forec profile: shows where a short training spends its time, compared with the peak rates of this machine. The training runs three
// times: to compile the kernels, to measure its speed, and under the profiler. All three give the same model bit for bit; the command
// fails if they do not.

using ForecEngine.Kernels.Profiling;

namespace ForecEngine.Cli.Verbs;

internal static class Profile
{
    public static void Run(ProfileArguments arguments, Terminal terminal)
    {
        (Plan plan, TrainingSettings settings) = ExperimentChoice.Plan(arguments);
        DataRequest request = MarketChoice.Request(arguments);
        ExperimentChoice.RequireSources(plan, request.Sources.Count > 0);
        ExperimentChoice.RequireSampling(plan);
        JsonOutput json = new(arguments, terminal);
        if (arguments.Trace is not null)
            AtomicFile.Probe(arguments.Trace);
        using IDevice device = DeviceChoice.Create(arguments);
        int threads = DeviceChoice.Threads(arguments);
        using IDevice profiled = device.Profiled();
        (Experiment experiment, ExperimentData data) = ExperimentChoice.Load(plan, request, arguments, settings, terminal);

        terminal.Say("measuring the machine's peak rates");
        IReadOnlyList<MachineCeilings> ceilings = Ceilings(threads);
        terminal.Say("training, to compile the kernels");
        Train(profiled);
        terminal.Say("training, to measure the speed");
        ExperimentOutcome plain = Train(device);
        terminal.Say("training, under the profiler");
        TraceRecording recording = new();
        ExperimentOutcome traced;
        using (recording)
            traced = Train(profiled);
        RequireEqual(plain, traced);

        TraceSummary summary = TraceSummary.Of(recording);
        Print(plain, traced, summary, ceilings, device, terminal.Output);
        if (arguments.Trace is { } trace)
            AtomicFile.Write(trace, stream => ChromeTrace.Write(recording, stream));
        json.Write(() => ToJson(plain, traced, summary, ceilings, device));

        ExperimentOutcome Train(IDevice on) =>
            new ExperimentRunner(on, threads, keepScores: false).Run(experiment, data.Markets, data.Candidates);
    }

    // For 1, 2, 4, ... threads and for all threads of the device.
    private static List<MachineCeilings> Ceilings(int threads)
    {
        List<MachineCeilings> ceilings = [];
        for (int count = 1; count < threads; count *= 2)
            ceilings.Add(MachineCeilings.Measure(count));
        return [.. ceilings, MachineCeilings.Measure(threads)];
    }

    private static void RequireEqual(ExperimentOutcome plain, ExperimentOutcome traced)
    {
        foreach ((SafeTensor one, SafeTensor other) in plain.Model.Tensors.Zip(traced.Model.Tensors))
        {
            if (!one.Data.Span.SequenceEqual(other.Data.Span))
                throw new ArithmeticException($"{one.Name} is different under the profiler; profiling must not change results");
        }
    }

    private static double Speed(ExperimentOutcome outcome) =>
        outcome.Phases.Sum(phase => phase.Samples) / outcome.Phases.Sum(phase => phase.Seconds);

    private static JsonObject ToJson(
        ExperimentOutcome plain, ExperimentOutcome traced, TraceSummary summary, IReadOnlyList<MachineCeilings> ceilings, IDevice device)
    {
        Experiment experiment = plain.Experiment;
        return new JsonObject
        {
            ["schema"] = "forec.profile/1",
            ["method"] = experiment.Method,
            ["target"] = experiment.Target,
            ["sources"] = new JsonArray([.. experiment.Sources.Select(source => JsonValue.Create(source))]),
            ["device"] = device.Name,
            ["threads"] = ceilings[^1].Threads,
            ["samples"] = plain.Phases.Sum(phase => phase.Samples),
            ["samples_per_second"] = Speed(plain),
            ["samples_per_second_profiled"] = Speed(traced),
            ["fma_peak_gflops"] = ceilings[^1].FmaGflops,
            ["copy_gbps"] = ceilings[^1].CopyGbps,
            ["ceilings"] = new JsonArray([.. ceilings.Select(JsonNode (c) => new JsonObject
            {
                ["threads"] = c.Threads, ["fma_peak_gflops"] = c.FmaGflops, ["copy_gbps"] = c.CopyGbps,
            })]),
            ["seconds"] = summary.Seconds,
            ["stages"] = new JsonArray([.. summary.Stages.Select(JsonNode (line) => new JsonObject
            {
                ["name"] = line.Name, ["calls"] = line.Calls, ["seconds"] = line.Seconds, ["share"] = line.Share,
            })]),
            ["kernels"] = new JsonArray([.. summary.Kernels.Select(JsonNode (line) => new JsonObject
            {
                ["name"] = line.Name, ["calls"] = line.Calls, ["seconds"] = line.Seconds, ["share"] = line.Share,
                ["flops"] = line.Work.Flops, ["bytes"] = line.Work.Bytes, ["gflops"] = line.Gflops, ["gbps"] = line.Gbps,
                ["of_fma_peak"] = line.Gflops / ceilings[^1].FmaGflops, ["of_copy"] = line.Gbps / ceilings[^1].CopyGbps,
            })]),
        };
    }

    private static void Print(
        ExperimentOutcome plain, ExperimentOutcome traced, TraceSummary summary, IReadOnlyList<MachineCeilings> ceilings, IDevice device,
        TextWriter output)
    {
        MachineCeilings ceiling = ceilings[^1];
        output.Write($"{plain.Experiment.Method} for {plain.Experiment.Target}, {device.Name}, {Counted.Of(ceiling.Threads, "thread")}: ");
        output.WriteLine(Text($"{Speed(plain):N0} samples/s, {Speed(traced):N0} under the profiler"));
        output.WriteLine();
        ResultTable.Write(
            output, ["this machine", "multiply-adds, GFLOP/s", "copy, GB/s"],
            ceilings.Select(c => (string[])[Counted.Of(c.Threads, "thread"), Text($"{c.FmaGflops:F1}"), Text($"{c.CopyGbps:F1}")]));
        output.WriteLine();
        ResultTable.Write(output, ["stage", "calls", "ms", "share"], summary.Stages.Select(Times));
        output.WriteLine();
        ResultTable.Write(
            output, ["kernel", "calls", "ms", "share", "GFLOP", "GFLOP/s", "of peak", "GB", "GB/s", "of copy"],
            summary.Kernels.Select(line => line.Calls == 0 ? [.. Times(line), "", "", "", "", "", ""] : (string[])
            [
                .. Times(line),
                Text($"{line.Work.Flops / 1e9:F2}"), Text($"{line.Gflops:F2}"), Text($"{100 * line.Gflops / ceiling.FmaGflops:F1}%"),
                Text($"{line.Work.Bytes / 1e9:F2}"), Text($"{line.Gbps:F2}"), Text($"{100 * line.Gbps / ceiling.CopyGbps:F1}%"),
            ]));
        output.WriteLine("A multiply-add is two FLOPs. Bytes are counted as if nothing were cached,");
        output.WriteLine("so data that fit in a cache can be faster than a copy.");
    }

    private static string[] Times(TraceLine line) =>
        [line.Name, line.Calls == 0 ? "" : $"{line.Calls}", Text($"{1e3 * line.Seconds:F1}"), Text($"{100 * line.Share:F1}%")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
