// How benches run: in this process, which starts as the tool does (no tiering) and builds nothing, so that benches work
// with central package versions and without a network.

using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ForecEngine.Bench;

/// <summary>The configuration of every bench.</summary>
internal sealed class BenchConfig : ManualConfig
{
    /// <param name="isShort">Three iterations instead of as many as the figures need: to see that all runs, not how fast.</param>
    public BenchConfig(bool isShort)
    {
        AddJob((isShort ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance));
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(new ScalarRatioColumn());
        AddDiagnoser(MemoryDiagnoser.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddLogger(ConsoleLogger.Default);
        WithOptions(ConfigOptions.JoinSummary);
    }
}
