// The configuration of benches. They run in this process, which like the tool has no tiered compilation. BenchmarkDotNet builds no project,
// so it works with central package versions and without a network.

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
    /// <param name="isShort">Whether to run three iterations only, to check that the benches run.</param>
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
